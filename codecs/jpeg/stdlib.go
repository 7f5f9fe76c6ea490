//go:build !opencv

package jpeg

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	stdjpeg "image/jpeg"
	"slices"

	"framewire/codecs/pixel"
	"framewire/pipeline"
)

func (c *Config) validateBuild() error {
	if c.Subsampling != Sub420 {
		return pipeline.FieldErrorf("subsampling", "build with `make build`", "%q needs libjpeg-turbo, which this build lacks", c.Subsampling)
	}
	return nil
}

// compressor holds the memory that the standard library's encoder works in.
type compressor struct {
	options stdjpeg.Options
	pixels  []byte // the rows as I420, where the frame is BGR
	out     buffer
	gray    image.Gray
	colour  image.YCbCr
}

func newCompressor(sub int) (*compressor, error) {
	if sub != 420 {
		return nil, fmt.Errorf("subsampling %d needs libjpeg-turbo: build with `make build`", sub)
	}
	return new(compressor), nil
}

func (c *compressor) close() {}

// unitRows is the height of an MCU in pixels.
func (c *compressor) unitRows(layout pipeline.Layout) int {
	if layout == pipeline.LayoutGray {
		return 8
	}
	return 16
}

// compress gives the JPEG of rows from to to of a checked raw frame, from being a multiple of unitRows; it lies in
// scratch memory until the next call. restart asks for a restart marker between any two rows of MCUs: as the
// standard library writes none, each row is encoded as a picture of its own.
func (c *compressor) compress(f *pipeline.Frame, from, to, quality int, restart bool) ([]byte, error) {
	c.options.Quality = quality
	c.out = c.out[:0]
	data, format := f.Data[from*f.Format.Stride:], f.Format
	format.Height = to - from
	switch format.Layout {
	case pipeline.LayoutI420:
		return c.planes(pixel.PlanesOf(f.Data, f.Format).From(from), format, restart)
	case pipeline.LayoutBGR:
		packed := pipeline.Raw(pipeline.LayoutI420, format.Width, format.Height)
		c.pixels = grow(c.pixels, packed.Bytes())
		pixel.Convert(c.pixels, pipeline.LayoutI420, data, format)
		return c.planes(pixel.PlanesOf(c.pixels, packed), packed, restart)
	}
	return c.rows(format, restart, func(y, h int) image.Image {
		c.gray = image.Gray{Pix: data[y*format.Stride:], Stride: format.Stride, Rect: image.Rect(0, 0, format.Width, h)}
		return &c.gray
	})
}

func (c *compressor) planes(p pixel.Planes, format pipeline.Format, restart bool) ([]byte, error) {
	return c.rows(format, restart, func(y, h int) image.Image {
		rows := p.From(y)
		c.colour = image.YCbCr{
			Y: rows.Y, Cb: rows.Cb, Cr: rows.Cr, YStride: rows.Stride, CStride: rows.CStride,
			SubsampleRatio: image.YCbCrSubsampleRatio420, Rect: image.Rect(0, 0, format.Width, h),
		}
		return &c.colour
	})
}

// rows encodes a picture of which at gives h rows from y on.
func (c *compressor) rows(format pipeline.Format, restart bool, at func(y, h int) image.Image) ([]byte, error) {
	unit, w, height := c.unitRows(format.Layout), format.Width, format.Height
	if !restart {
		err := stdjpeg.Encode(&c.out, at(0, height), &c.options)
		return c.out, err
	}
	for y := 0; y < height; y += unit {
		start := len(c.out)
		if err := stdjpeg.Encode(&c.out, at(y, min(unit, height-y)), &c.options); err != nil {
			return nil, err
		}
		h, err := ParseHeader(c.out[start:])
		if err != nil {
			return nil, err
		}
		if y == 0 {
			binary.BigEndian.PutUint16(c.out[h.size:], uint16(height))
			interval := (w + unit - 1) / unit
			c.out = slices.Insert(c.out, h.scan, 0xFF, mDRI, 0, 4, byte(interval>>8), byte(interval))
			continue
		}
		c.out[start-1] = mRST0 + byte((y/unit-1)%8)
		c.out = append(c.out[:start], c.out[start+h.data:]...)
	}
	return c.out, nil
}

// buffer has the three methods that save the encoder a buffer of its own.
type buffer []byte

func (b *buffer) Write(p []byte) (int, error) {
	*b = append(*b, p...)
	return len(p), nil
}

func (b *buffer) WriteByte(c byte) error {
	*b = append(*b, c)
	return nil
}

func (b *buffer) Flush() error { return nil }

// decompressor holds the memory that decoding works in. The standard library makes a new image for every
// picture and cannot be given one.
type decompressor struct {
	reader bytes.Reader
	data   []byte // a piece in one
	pixels []byte // BGR on its way to another layout
}

func newDecompressor() (*decompressor, error) { return &decompressor{}, nil }

func (d *decompressor) close() {}

// forget lets go of the memory that the last picture took.
func (d *decompressor) forget() { *d = decompressor{} }

// scales reports whether pictures can be decoded at a reduced size.
func scales() bool { return false }

// divisible reports whether a picture can be decoded in parts to that layout, and whether a part then needs to see
// the row of MCUs above and below it: nothing is interpolated here.
func divisible(layout pipeline.Layout, h Header) (yes, overlap bool) {
	switch h.Model {
	case ModelGray:
		return layout == pipeline.LayoutGray, false
	case ModelYCbCr:
		return h.Half || layout == pipeline.LayoutGray, false
	}
	return false, false
}

// decompress fills the rows of a tightly packed raw frame that the piece has.
func (d *decompressor) decompress(out *pipeline.Frame, h Header, p piece) error {
	data := p.body
	if len(p.head) > 0 || p.open {
		d.data = append(append(d.data[:0], p.head...), p.body...)
		if p.open {
			renumber(d.data[len(p.head):])
			d.data = append(d.data, 0xFF, mEOI)
		}
		data = d.data
	}
	img, err := d.image(data, h.Width, p.height)
	if err != nil {
		return err
	}
	return d.convert(out, img, p)
}

// image decodes the picture that data holds.
func (d *decompressor) image(data []byte, width, height int) (image.Image, error) {
	d.reader.Reset(data)
	img, err := stdjpeg.Decode(&d.reader)
	if err != nil {
		return nil, err
	}
	if img.Bounds() != image.Rect(0, 0, width, height) {
		return nil, errors.New("a header that can be read in two ways")
	}
	return img, nil
}

// convert writes an image into the piece's rows of a frame. Only images of the kinds that are divisible may be less
// than the frame.
func (d *decompressor) convert(out *pipeline.Frame, img image.Image, p piece) error {
	w, h, layout := out.Format.Width, p.rows, out.Format.Layout
	dst := out.Data[p.from*out.Format.Stride:]
	gray := func(pix []byte, stride int) {
		pixel.Convert(dst, layout, pix, pipeline.Format{
			Codec: pipeline.CodecRaw, Layout: pipeline.LayoutGray, Width: w, Height: h, Stride: stride,
		})
	}
	switch img := img.(type) {
	case *image.Gray:
		gray(img.Pix, img.Stride)
		return nil
	case *image.YCbCr:
		if layout == pipeline.LayoutGray {
			gray(img.Y, img.YStride)
			return nil
		}
		if img.SubsampleRatio == image.YCbCrSubsampleRatio420 {
			from := pixel.Planes{Y: img.Y, Cb: img.Cb, Cr: img.Cr, Stride: img.YStride, CStride: img.CStride}
			if layout == pipeline.LayoutI420 {
				pixel.CopyI420(pixel.PlanesOf(out.Data, out.Format).From(p.from), from, w, h)
			} else {
				pixel.PlanesToBGR(dst, from, w, h)
			}
			return nil
		}
	}
	if layout == pipeline.LayoutBGR {
		pixel.FromImage(dst, img)
		return nil
	}
	d.pixels = grow(d.pixels, 3*w*h)
	pixel.FromImage(d.pixels, img)
	pixel.Convert(out.Data, layout, d.pixels, pipeline.Raw(pipeline.LayoutBGR, w, h))
	return nil
}

// renumber counts the restart markers in data from RST0 again.
func renumber(data []byte) {
	for i, n := 0, 0; ; i += 2 {
		skip := bytes.IndexByte(data[i:], 0xFF)
		if skip < 0 || i+skip+1 >= len(data) {
			return
		}
		i += skip
		switch code := data[i+1]; {
		case code == 0xFF:
			i--
		case code >= mRST0 && code < mSOI:
			data[i+1] = mRST0 + byte(n%8)
			n++
		}
	}
}
