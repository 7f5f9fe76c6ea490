// Package photo makes single pictures of a live source: at fixed intervals, or when somebody asks for one.
// Such pictures have a name, none of them is dropped, and where the chain's other end confirms them the
// source fails at the end for those that were not.
package photo

import (
	"errors"
	"time"

	"framewire/pipeline"
	"framewire/pipeline/trigger"
)

// Config says when a source takes a picture. The zero Config is a live stream.
type Config struct {
	Every   time.Duration  `yaml:"every" doc:"takes one picture in this time, as for a time lapse, instead of a live stream: with a name, and none is dropped; 0 takes none by the clock"`
	Trigger trigger.Config `yaml:"trigger" doc:"takes a picture when asked, instead of a live stream; also beside every"`
}

// least is the shortest interval: below it the live stream is what is wanted.
const least = 10 * time.Millisecond

// Photos reports whether single pictures are wanted.
func (c Config) Photos() bool { return c.Every != 0 || !c.Trigger.IsZero() }

// Check reports settings that cannot work.
func (c Config) Check() error {
	var all []error
	if c.Every != 0 && c.Every < least {
		all = append(all, pipeline.FieldErrorf("every", "0 takes none by the clock; for a live stream leave it out and set fps", "%s is below %s", c.Every, least))
	}
	if c.Trigger.Motion {
		all = append(all, pipeline.FieldErrorf("trigger.motion", "record the stream, and set it at the sink file",
			"a source comes before the filter that sees motion"))
	}
	return errors.Join(append(all, c.Trigger.Validate("trigger"))...)
}
