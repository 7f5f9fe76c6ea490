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
// else BGR.
func DecoderSpec() pipeline.Spec {
	return pipeline.FilterSpec[DecoderConfig]{
		Kind: pipeline.KindDecoder, Name: "jpeg",
		Summary: "pixels from JPEG pictures",
		Gives:   func(*DecoderConfig) []pipeline.Format { return []pipeline.Format{pipeline.AnyRaw} },
		Accepts: func(*DecoderConfig) []pipeline.Format { return []pipeline.Format{pipeline.AnyJPEG} },
		Workers: func(*DecoderConfig) int { return 0 },
		New:     newDecoder,
	}.Spec()
}

// decoder turns JPEG frames into raw ones.
type decoder struct {
	layout       pipeline.Layout // to produce; LayoutNone leaves it to cheapest
	decompressor *decompressor
}

var _ pipeline.Filter = (*decoder)(nil)

func newDecoder(_ *DecoderConfig, env pipeline.Env) (pipeline.Filter, error) {
	d := &decoder{}
	if len(env.Want) > 0 {
		d.layout = env.Want[0].Layout
	}
	var err error
	if d.decompressor, err = newDecompressor(); err != nil {
		return nil, fmt.Errorf("start the JPEG decoder: %w", err)
	}
	return d, nil
}

// Apply decodes a JPEG frame. The size that counts is the one in the picture's own header; a frame that
// announced less than a quarter of its pixels is refused. Raw frames, which come where a stream changes
// its codec, are brought to the layout.
func (d *decoder) Apply(_ context.Context, f *pipeline.Frame) (*pipeline.Frame, error) {
	if f.Format.Codec != pipeline.CodecJPEG {
		return pixel.ToLayout(f, d.layout)
	}
	h, err := ParseHeader(f.Data)
	if err == nil {
		err = h.CheckData(f.Data)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: decode %s: %w", pipeline.ErrSkip, f.Format, err)
	}
	if w, ht := f.Format.Width, f.Format.Height; w > 0 && ht > 0 && h.Width*h.Height/4 > w*ht {
		return nil, fmt.Errorf("%w: decode %s: the picture's own header says %dx%d", pipeline.ErrSkip, f.Format, h.Width, h.Height)
	}
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
