// Package raw holds the codec of plain pixels: an encoder that hands raw frames on bit by bit, and a
// decoder that brings them to the layout that a stage wants. The conversions themselves are in package
// pixel.
package raw

import (
	"context"

	"framewire/codecs/pixel"
	"framewire/pipeline"
)

// Config is the configuration of the encoder, which has no settings.
type Config struct{}

// EncoderSpec describes the encoder.
func EncoderSpec() pipeline.Spec {
	return pipeline.FilterSpec[Config]{
		Kind: pipeline.KindEncoder, Name: "raw",
		Summary: "pixels as they are, bit by bit",
		Doc: "Nothing is lost and nothing is saved: 1280x720 pixels in BGR at 30 frames a second are 83 MB/s. " +
			"What arrives as JPEG is decoded first.",
		Gives:   func(*Config) []pipeline.Format { return []pipeline.Format{pipeline.AnyRaw} },
		Accepts: func(*Config) []pipeline.Format { return []pipeline.Format{pipeline.AnyRaw} },
		New:     func(*Config, pipeline.Env) (pipeline.Filter, error) { return encoder{}, nil },
	}.Spec()
}

// encoder passes raw frames, without the padding that some sources leave between rows.
type encoder struct{}

var _ pipeline.Filter = encoder{}

// Apply gives the frame itself, or a packed copy where its rows are padded.
func (encoder) Apply(_ context.Context, f *pipeline.Frame) (*pipeline.Frame, error) {
	return pixel.Pack(f)
}

// Close does nothing.
func (encoder) Close() error { return nil }

// DecoderConfig is the configuration of the decoder, which has none: the chain puts it in by itself.
type DecoderConfig struct{}

// DecoderSpec describes the decoder. The layout that it produces is that of Env.Want[0]; LayoutNone there
// takes any.
func DecoderSpec() pipeline.Spec {
	return pipeline.FilterSpec[DecoderConfig]{
		Kind: pipeline.KindDecoder, Name: "raw",
		Summary: "pixels in the layout that a stage wants",
		Gives:   func(*DecoderConfig) []pipeline.Format { return []pipeline.Format{pipeline.AnyRaw} },
		Accepts: func(*DecoderConfig) []pipeline.Format { return []pipeline.Format{pipeline.AnyRaw} },
		Workers: func(*DecoderConfig) int { return 0 },
		New: func(_ *DecoderConfig, env pipeline.Env) (pipeline.Filter, error) {
			d := decoder{}
			if len(env.Want) > 0 {
				d.layout = env.Want[0].Layout
			}
			return d, nil
		},
	}.Spec()
}

// decoder converts between BGR, gray and I420.
type decoder struct {
	layout pipeline.Layout // to produce; LayoutNone takes any
}

var _ pipeline.Filter = decoder{}

// Apply gives the frame itself where its layout is the one wanted, and a converted copy otherwise.
func (d decoder) Apply(_ context.Context, f *pipeline.Frame) (*pipeline.Frame, error) {
	return pixel.ToLayout(f, d.layout)
}

// Close does nothing.
func (decoder) Close() error { return nil }
