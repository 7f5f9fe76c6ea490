// Package picture is what the sinks share that save pictures: a look at whether a frame is what it says,
// and raw frames as PNG images.
package picture

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"io"

	"framewire/pipeline"
)

// PNG encodes raw BGR frames without any loss and uses its memory again from one to the next. The zero
// value is ready; it is for one goroutine at a time.
type PNG struct {
	pixels []byte
	out    bytes.Buffer
	keep   *png.EncoderBuffer
}

// Get gives the encoder's scratch memory to image/png.
func (p *PNG) Get() *png.EncoderBuffer { return p.keep }

// Put takes it back.
func (p *PNG) Put(b *png.EncoderBuffer) { p.keep = b }

// Encode is EncodeContext without a context.
func (p *PNG) Encode(f *pipeline.Frame) ([]byte, error) {
	return p.EncodeContext(context.Background(), f)
}

// EncodeContext gives the PNG of a frame, turned upright as its rotation says. The bytes hold until the
// next call. A large picture takes seconds; when ctx ends it is given up.
func (p *PNG) EncodeContext(ctx context.Context, f *pipeline.Frame) ([]byte, error) {
	if err := Check(f); err != nil {
		return nil, err
	}
	if !f.Format.Matches(pipeline.Format{Codec: pipeline.CodecRaw, Layout: pipeline.LayoutBGR}) {
		return nil, fmt.Errorf("a %s frame cannot be saved as png: wants raw bgr", f.Format)
	}
	p.out.Reset()
	enc := png.Encoder{CompressionLevel: png.BestSpeed, BufferPool: p}
	if err := enc.Encode(until{ctx, &p.out}, p.upright(f)); err != nil {
		return nil, fmt.Errorf("encode png of a %s frame: %w", f.Format, err)
	}
	return p.out.Bytes(), nil
}

// until is a writer that fails once its context is done.
type until struct {
	ctx context.Context
	to  io.Writer
}

func (u until) Write(data []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.to.Write(data)
}

// upright copies the pixels into an image in the order that image/png is fast with. The walk through the
// frame is described by where the output's first pixel lies and how far apart its neighbours are.
func (p *PNG) upright(f *pipeline.Frame) *image.RGBA {
	w, h, stride := f.Format.Width, f.Format.Height, f.Format.Stride
	first, right, down := 0, 3, stride
	switch f.Meta.Rotation {
	case 90:
		first, right, down = (h-1)*stride, -stride, 3
		w, h = h, w
	case 180:
		first, right, down = (h-1)*stride+3*(w-1), -3, -stride
	case 270:
		first, right, down = 3*(w-1), stride, -3
		w, h = h, w
	}
	if cap(p.pixels) < 4*w*h {
		p.pixels = make([]byte, 4*w*h)
	}
	img := &image.RGBA{Pix: p.pixels[:4*w*h], Stride: 4 * w, Rect: image.Rect(0, 0, w, h)}
	for y := range h {
		row := img.Pix[y*img.Stride : (y+1)*img.Stride]
		from := first + y*down
		for x := 0; x < len(row); x += 4 {
			row[x], row[x+1], row[x+2], row[x+3] = f.Data[from+2], f.Data[from+1], f.Data[from], 255
			from += right
		}
	}
	return img
}
