package jpeg

import (
	"context"
	"fmt"

	"framewire/codecs/pixel"
	"framewire/pipeline"
)

// DecoderConfig is the configuration of the decoder, which has none: the chain puts it in by itself.
type DecoderConfig struct{}

// DecoderSpec describes the decoder. The layout that it produces is that of Env.Want[0]; LayoutNone there
// leaves the choice to it, and it takes what costs least: I420 for 4:2:0 pictures, gray for gray ones,
// else BGR. The decoders of one spec, in whatever pipelines, decode large pictures one after another.
func DecoderSpec() pipeline.Spec {
	turn := make(chan struct{}, 1)
	return pipeline.FilterSpec[DecoderConfig]{
		Kind: pipeline.KindDecoder, Name: "jpeg",
		Summary: "pixels from JPEG pictures",
		Gives:   func(*DecoderConfig) []pipeline.Format { return []pipeline.Format{pipeline.AnyRaw} },
		Accepts: func(*DecoderConfig) []pipeline.Format { return []pipeline.Format{pipeline.AnyJPEG} },
		Workers: func(*DecoderConfig) int { return 0 },
		New: func(_ *DecoderConfig, env pipeline.Env) (pipeline.Filter, error) {
			return newDecoder(turn, env)
		},
	}.Spec()
}

// decoder turns JPEG frames into raw ones.
type decoder struct {
	layout       pipeline.Layout // to produce; LayoutNone leaves it to cheapest
	turn         chan struct{}   // holds one token while a decoder works on a large picture
	decompressor *decompressor
}

var _ pipeline.Filter = (*decoder)(nil)

func newDecoder(turn chan struct{}, env pipeline.Env) (pipeline.Filter, error) {
	d := &decoder{turn: turn}
	if len(env.Want) > 0 {
		d.layout = env.Want[0].Layout
	}
	var err error
	if d.decompressor, err = newDecompressor(); err != nil {
		return nil, fmt.Errorf("start the JPEG decoder: %w", err)
	}
	return d, nil
}

// Apply decodes a JPEG frame; a large one waits until no other is being decoded. The size that counts is the one in the picture's own header; a frame that
// announced less than a quarter of its pixels is refused. Raw frames, which come where a stream changes
// its codec, are brought to the layout.
func (d *decoder) Apply(ctx context.Context, f *pipeline.Frame) (*pipeline.Frame, error) {
	if f.Format.Codec != pipeline.CodecJPEG {
		return pixel.ToLayout(f, d.layout)
	}
	h, err := ParseHeader(f.Data)
	if w, ht := f.Format.Width, f.Format.Height; err == nil && w > 0 && ht > 0 && h.Width*h.Height/4 > w*ht {
		err = fmt.Errorf("the picture's own header says %dx%d", h.Width, h.Height)
	}
	if err == nil {
		err = h.CheckData(f.Data)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: decode %s: %w", pipeline.ErrSkip, f.Format, err)
	}
	if h.Width*h.Height > large {
		select {
		case d.turn <- struct{}{}:
		case <-ctx.Done():
			return nil, pipeline.ErrSkip
		}
		defer func() {
			d.decompressor.forget()
			<-d.turn
		}()
	}
	return d.decode(f, h)
}

// decode decodes a picture that has passed all checks.
func (d *decoder) decode(f *pipeline.Frame, h Header) (*pipeline.Frame, error) {
	layout := d.layout
	if layout == pipeline.LayoutNone {
		layout = cheapest(h)
	}
	format := pipeline.Raw(layout, h.Width, h.Height)
	out := f.Derive(format.Bytes())
	out.Format = format
	out.Key = true
	if err := d.decompressor.decompress(out, f.Data, h); err != nil {
		out.Release()
		return nil, fmt.Errorf("%w: decode %s: %w", pipeline.ErrSkip, f.Format, err)
	}
	return out, nil
}

// Close gives the decoder's memory back.
func (d *decoder) Close() error {
	d.decompressor.close()
	return nil
}

// cheapest is the layout that a picture decodes to with the least work and loses nothing in.
func cheapest(h Header) pipeline.Layout {
	switch {
	case h.Model == ModelGray:
		return pipeline.LayoutGray
	case h.Model == ModelYCbCr && h.Half:
		return pipeline.LayoutI420
	}
	return pipeline.LayoutBGR
}
