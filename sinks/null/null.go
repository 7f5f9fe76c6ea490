// Package null is the sink that takes frames and drops them, for measuring what stands before it.
package null

import (
	"context"

	"framewire/pipeline"
)

// Config is the null sink's settings.
type Config struct {
	Decode bool `yaml:"decode" doc:"asks for pixels, so that the chain decodes what it would otherwise hand on as it is"`
}

// Spec describes the null sink. The runner counts the frames and bytes that go into it.
func Spec() pipeline.Spec {
	return pipeline.SinkSpec[Config]{
		Name:    "null",
		Summary: "takes frames and drops them, for measuring",
		Doc: "Every frame is counted in the report and forgotten. With `decode: true` the chain puts a decoder in " +
			"front of it, so that a measurement includes decoding; without, frames come as they travel.",
		Accepts: func(cfg *Config) []pipeline.Format {
			if cfg.Decode {
				return []pipeline.Format{pipeline.AnyRaw}
			}
			return nil
		},
		New: func(*Config, pipeline.Env) (pipeline.Sink, error) { return sink{}, nil },
	}.Spec()
}

type sink struct{}

var _ pipeline.Sink = sink{}

// Open has nothing to open.
func (sink) Open(context.Context) error { return nil }

// Write forgets the frame.
func (sink) Write(context.Context, *pipeline.Frame) error { return nil }

// Close has nothing to close.
func (sink) Close() error { return nil }
