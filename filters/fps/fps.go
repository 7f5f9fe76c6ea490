// Package fps is the filter that thins a stream out to a lower frame rate.
package fps

import (
	"context"
	"time"

	"framewire/pipeline"
)

// Config is what a user can set.
type Config struct {
	FPS *float64 `yaml:"fps" doc:"most frames a second that pass; below 1 for one in several seconds, such as 0.1"`
}

// The rates that can be set, in frames a second: from one in a week to a thousand.
const (
	least = 1.0 / (7 * 24 * 3600)
	most  = 1000.0
)

// Validate reports settings that make no sense.
func (c *Config) Validate() error {
	switch {
	case c.FPS == nil:
		return pipeline.FieldErrorf("fps", "write a number such as 5", "is missing")
	case *c.FPS <= 0:
		return pipeline.FieldErrorf("fps", "", "%v is not above zero", *c.FPS)
	case *c.FPS < least:
		return pipeline.FieldErrorf("fps", "", "%v is less than one frame in a week", *c.FPS)
	case *c.FPS > most:
		return pipeline.FieldErrorf("fps", "", "%v is above %v", *c.FPS, most)
	}
	return nil
}

// Spec describes the filter.
func Spec() pipeline.Spec {
	return pipeline.FilterSpec[Config]{
		Name:    "fps",
		Summary: "thins a stream out to a lower frame rate",
		Doc: "Frames are chosen by their presentation times, as evenly as they come, and no frame is ever shown twice: a stream that is slower " +
			"than `fps` passes whole. Pixels are not needed: JPEG passes as it is, and what is left out costs no decoding. A picture that was left " +
			"out counts as not needed, not as lost.\n\n" +
			"```yaml\n# fragment\nfilters:\n  - type: fps\n    fps: 5\n```",
		// Codecs whose frames need no other: one that is left out is missed by none.
		Accepts: func(*Config) []pipeline.Format {
			return []pipeline.Format{pipeline.AnyJPEG, pipeline.AnyRaw, pipeline.AnyFile}
		},
		HandsOn: true,
		New: func(cfg *Config, _ pipeline.Env) (pipeline.Filter, error) {
			return &filter{interval: time.Duration(float64(time.Second) / *cfg.FPS)}, nil
		},
	}.Spec()
}

// filter passes, of the frames around each time on a regular grid, the nearest one, or the next where there is none
// near. The grid begins at the first frame, and anew after a pause: what was not there is not made up for. A
// stream that is as slow as the grid, or slower, runs later and later on it, and passes whole although its times
// tremble; where it is half an interval over one late, the grid gives way by a whole one.
type filter struct {
	interval time.Duration // of the grid
	due      time.Duration // its next time
	stream   pipeline.StreamID
	last     time.Duration // presentation time of the frame before
	spacing  time.Duration // from frame to frame as they come, smoothed; at most interval
	begun    bool
}

var _ pipeline.Filter = (*filter)(nil)

// Apply hands the frame on, or nothing.
func (x *filter) Apply(_ context.Context, f *pipeline.Frame) (*pipeline.Frame, error) {
	gap := f.PTS - x.last
	if !x.begun || f.Stream != x.stream || gap < 0 || gap >= 2*x.interval {
		x.begun, x.stream, x.due, x.spacing = true, f.Stream, f.PTS, x.interval
	} else {
		x.spacing += (min(gap, x.interval) - x.spacing) / 8
	}
	if f.PTS-x.due >= x.interval+x.interval/2 {
		x.due += x.interval
	}
	x.last = f.PTS
	if f.PTS < x.due-x.spacing/2 { // the next one will be nearer
		return nil, pipeline.ErrSkip
	}
	x.due += x.interval
	return f.Retain(), nil
}

// Close does nothing.
func (x *filter) Close() error { return nil }
