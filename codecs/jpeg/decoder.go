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
func DecoderSpec() pipeline.Spec { return decoderSpec(newCores()) }

func decoderSpec(cores *cores) pipeline.Spec {
	turn := make(chan struct{}, 1)
	return pipeline.FilterSpec[DecoderConfig]{
		Kind: pipeline.KindDecoder, Name: "jpeg",
		Summary: "pixels from JPEG pictures",
		Gives:   func(*DecoderConfig) []pipeline.Format { return []pipeline.Format{pipeline.AnyRaw} },
		Accepts: func(*DecoderConfig) []pipeline.Format { return []pipeline.Format{pipeline.AnyJPEG} },
		Workers: func(*DecoderConfig) int { return 0 },
		New: func(_ *DecoderConfig, env pipeline.Env) (pipeline.Filter, error) {
			return newDecoder(turn, cores, env)
		},
	}.Spec()
}

// decoder turns JPEG frames into raw ones.
type decoder struct {
	layout pipeline.Layout // to produce; LayoutNone leaves it to cheapest
	view   func() (width, height int)
	turn   chan struct{} // holds one token while a decoder works on a large picture
	cores  *cores
	least  int // pixels to a core

	crew  crew
	parts []part
	cells cells
	ends  []int              // of the parts, in cells
	cost  func(cell int) int // cells.cost, made once because a method value is allocated
	job   struct {           // the picture at work
		out    *pipeline.Frame
		header Header
	}
}

// part decodes one piece of a picture.
type part struct {
	decompressor *decompressor
	head         []byte // memory for the piece's header
	piece        piece
	err          error
}

var _ pipeline.Filter = (*decoder)(nil)

func newDecoder(turn chan struct{}, cores *cores, env pipeline.Env) (pipeline.Filter, error) {
	d := &decoder{view: env.View, turn: turn, cores: cores, least: stripePixels}
	if len(env.Want) > 0 {
		d.layout = env.Want[0].Layout
	}
	d.crew.work, d.cost = d.decodePart, d.cells.cost
	return d, d.prepare(1)
}

// prepare makes decompressors for so many parts.
func (d *decoder) prepare(n int) error {
	for len(d.parts) < n {
		c, err := newDecompressor()
		if err != nil {
			return fmt.Errorf("start the JPEG decoder: %w", err)
		}
		d.parts = append(d.parts, part{decompressor: c})
	}
	return nil
}

// Apply decodes a JPEG frame; a large one waits until no other is being decoded. The size that counts is the one in
// the picture's own header; a frame that announced less than a quarter of its pixels is refused. Raw frames, which
// come where a stream changes its codec, are brought to the layout.
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
			for _, p := range d.parts {
				p.decompressor.forget()
			}
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
	scale := d.scaleFor(f, h, layout)
	format := pipeline.Raw(layout, reduced(h.Width, scale), reduced(h.Height, scale))
	out := f.Derive(format.Bytes())
	out.Format = format
	out.Key = true
	d.job.out, d.job.header = out, h
	defer func() { d.job.out = nil }()
	if scale > 1 {
		out.ReduceFrom(f)
	}
	if err := d.fill(f, layout, scale); err != nil {
		out.Release()
		return nil, fmt.Errorf("%w: decode %s: %w", pipeline.ErrSkip, f.Format, err)
	}
	return out, nil
}

// scaleFor is the reduction, 1, 2, 4 or 8, at which a picture is still as large as it is shown.
func (d *decoder) scaleFor(f *pipeline.Frame, h Header, layout pipeline.Layout) int {
	if !scales() || d.view == nil || h.Components == 4 || layout == pipeline.LayoutI420 {
		return 1
	}
	w, ht := d.view()
	if w < 1 || ht < 1 {
		return 1
	}
	if f.Meta.Rotation%180 != 0 {
		w, ht = ht, w
	}
	scale := 8
	for scale > 1 && (reduced(h.Width, scale) < w || reduced(h.Height, scale) < ht) {
		scale /= 2
	}
	return scale
}

// fill decodes a picture into the frame at work: a live one in parts, when it has restart markers and cores are
// idle.
func (d *decoder) fill(f *pipeline.Frame, layout pipeline.Layout, scale int) error {
	h := d.job.header
	most := 1
	can, overlap := divisible(layout, h)
	if can && !f.Lossless && h.restart > 0 && h.data <= headLimit {
		most = h.Width * h.Height / d.least
	}
	n := d.cores.claim(most)
	defer d.cores.release(n)
	d.ends = d.ends[:0]
	if n > 1 && d.cells.find(f.Data, h) {
		smallest := fine
		if overlap {
			smallest = coarse // the cells on both sides are decoded twice
			n = min(n, len(d.cells.starts)/4)
		}
		d.ends = shares(d.ends, len(d.cells.starts), n, smallest, d.cost)
	}
	if len(d.ends) < 2 {
		p := &d.parts[0]
		p.piece = whole(p.head, f.Data, h, scale)
		d.crew.do(1, 1)
		return p.finish()
	}
	if err := d.prepare(len(d.ends)); err != nil {
		return err
	}
	from := 0
	for i, end := range d.ends {
		p := &d.parts[i]
		p.piece = d.cells.cut(p.head, f.Data, h, from, end, scale, overlap)
		from = end
	}
	d.crew.do(n, len(d.ends))
	var first error
	for i := range d.ends {
		if err := d.parts[i].finish(); first == nil {
			first = err
		}
	}
	return first
}

func (d *decoder) decodePart(i int) {
	p := &d.parts[i]
	p.err = p.decompressor.decompress(d.job.out, d.job.header, p.piece)
}

// finish gives the piece back and what came of it.
func (p *part) finish() error {
	if p.piece.head != nil {
		p.head = p.piece.head
	}
	p.piece = piece{}
	return p.err
}

// Close gives the decoder's memory back.
func (d *decoder) Close() error {
	for _, p := range d.parts {
		p.decompressor.close()
	}
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
