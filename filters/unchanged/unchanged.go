// Package unchanged is the filter that skips pictures that show nothing new.
package unchanged

import (
	"context"
	"errors"
	"hash/maphash"
	"time"

	"framewire/pipeline"
)

// Config is what a user can set.
type Config struct {
	Threshold float64       `yaml:"threshold" doc:"percent of full brightness by which some part of the picture must differ from the last one that passed; 0 skips only what is the same byte for byte, 2 overlooks a camera's noise"`
	AtMost    time.Duration `yaml:"at_most" doc:"longest time without a picture, by presentation time; 0 is without limit, as suits photos"`
}

// Validate reports settings that make no sense.
func (c *Config) Validate() error {
	var faults []error
	if c.Threshold < 0 || c.Threshold > 100 {
		faults = append(faults, pipeline.FieldErrorf("threshold", "", "%v is not a percentage from 0 to 100", c.Threshold))
	}
	if c.AtMost < 0 {
		faults = append(faults, pipeline.FieldErrorf("at_most", "", "%s is below zero", c.AtMost))
	}
	return errors.Join(faults...)
}

// Spec describes the filter.
func Spec() pipeline.Spec {
	return pipeline.FilterSpec[Config]{
		Name:    "unchanged",
		Summary: "skips pictures that show nothing new",
		Doc: "For screens, documents and cameras that look at something that rarely moves. Each picture is compared with the last one that " +
			"passed, so that slow changes count too. Without `threshold` the bytes decide, also those of JPEG. With it brightness does, " +
			"averaged over parts of 16x16 pixels: noise cancels out there, while something small that moves stands out. JPEG is decoded " +
			"for that, but passes as it is; files of unknown kind (`original`) are compared by their bytes. A picture that was skipped " +
			"counts as not needed, not as lost.\n\n" +
			"```yaml\n# fragment\nfilters:\n  - type: unchanged\n    threshold: 2\n    at_most: 1m\n```",
		Defaults: Config{AtMost: 10 * time.Second},
		// Codecs whose frames need no other: one that is left out is missed by none.
		Accepts: func(*Config) []pipeline.Format {
			return []pipeline.Format{pipeline.AnyJPEG, pipeline.AnyRaw, pipeline.AnyFile}
		},
		HandsOn: true,
		New: func(cfg *Config, env pipeline.Env) (pipeline.Filter, error) {
			x := &filter{atMost: cfg.AtMost, seed: maphash.MakeSeed()}
			if cfg.Threshold == 0 {
				return x, nil
			}
			var err error
			x.look, err = newLook(cfg.Threshold, env)
			return x, err
		},
	}.Spec()
}

type filter struct {
	atMost time.Duration // 0 for no limit
	look   *look         // nil where only bytes are compared
	seed   maphash.Seed

	// Of the last frame that passed; begun says that there was one.
	begun  bool
	stream pipeline.StreamID
	pts    time.Duration
	bytes  sum
}

var _ pipeline.Filter = (*filter)(nil)

// sum tells the frames of which not one byte and nothing about their reading differs.
type sum struct {
	format   pipeline.Format
	rotation int
	length   int
	hash     uint64
}

// Apply hands the frame on, or nothing. A frame that has to be decoded and cannot be gives an error that wraps
// pipeline.ErrSkip.
func (x *filter) Apply(ctx context.Context, f *pipeline.Frame) (*pipeline.Frame, error) {
	now := sum{f.Format, f.Meta.Rotation, len(f.Data), maphash.Bytes(x.seed, f.Data)}
	changed := now != x.bytes
	looked := changed && x.look != nil && f.Format.Codec != pipeline.CodecFile
	if looked {
		var err error
		if changed, err = x.look.differs(ctx, f); err != nil {
			return nil, err
		}
	}
	if x.begun && !changed && !x.due(f) {
		return nil, pipeline.ErrSkip
	}
	x.begun, x.stream, x.pts, x.bytes = true, f.Stream, f.PTS, now
	switch {
	case looked:
		x.look.remember()
	case x.look != nil && changed:
		x.look.forget()
	}
	return f.Retain(), nil
}

// due reports whether a frame passes even if it shows nothing new.
func (x *filter) due(f *pipeline.Frame) bool {
	return f.Stream != x.stream || f.PTS < x.pts || x.atMost > 0 && f.PTS-x.pts >= x.atMost
}

// Close gives the decoder's memory back.
func (x *filter) Close() error {
	if x.look == nil {
		return nil
	}
	return x.look.decoder.Close()
}
