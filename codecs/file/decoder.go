// Package file decodes files as they are (pipeline.CodecFile) where a chain needs pixels of them. What a still
// picture is, package still knows.
package file

import (
	"context"
	"fmt"

	"framewire/codecs/pixel"
	"framewire/codecs/still"
	"framewire/pipeline"
)

// DecoderConfig is the configuration of the decoder, which has none: the chain puts it in by itself.
type DecoderConfig struct{}

// DecoderSpec describes the decoder for files as they are (pipeline.CodecFile), so that the photos that are
// among them can be shown. The layout that it produces is that of Env.Want[0].
func DecoderSpec() pipeline.Spec {
	return pipeline.FilterSpec[DecoderConfig]{
		Kind: pipeline.KindDecoder, Name: string(pipeline.CodecFile),
		Summary: "pixels from files that are still pictures",
		Gives:   func(*DecoderConfig) []pipeline.Format { return []pipeline.Format{pipeline.AnyRaw} },
		Accepts: func(*DecoderConfig) []pipeline.Format { return []pipeline.Format{pipeline.AnyFile} },
		New: func(_ *DecoderConfig, env pipeline.Env) (pipeline.Filter, error) {
			d := new(decoder)
			if len(env.Want) > 0 {
				d.layout = env.Want[0].Layout
			}
			return d, nil
		},
	}.Spec()
}

// decoder turns files into raw frames.
type decoder struct {
	layout pipeline.Layout // to produce; LayoutNone leaves it as it comes
	still  still.Decoder
}

var _ pipeline.Filter = (*decoder)(nil)

// Apply decodes a file. What is not a picture is skipped. Raw frames, which come where a stream changes its codec, are
// brought to the layout.
func (d *decoder) Apply(ctx context.Context, f *pipeline.Frame) (*pipeline.Frame, error) {
	if f.Format.Codec == pipeline.CodecRaw {
		return pixel.ToLayout(f, d.layout)
	}
	out, err := d.still.Decode(ctx, f)
	if err != nil {
		return nil, fmt.Errorf("%w: decode a file: %w", pipeline.ErrSkip, err)
	}
	defer out.Release()
	return pixel.ToLayout(out, d.layout)
}

// Close gives the decoder's memory back.
func (d *decoder) Close() error { return d.still.Close() }
