//go:build !opencv

package jpeg

import (
	"bytes"
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
		return pipeline.FieldErrorf("subsampling", "build with `make build`", "%q needs TurboJPEG, which this build lacks", c.Subsampling)
	}
	return nil
}

// compressor holds the memory that the standard library's encoder works in.
type compressor struct {
	options stdjpeg.Options
	pixels  []byte // the picture as I420, where the frame is BGR
	out     buffer
}

func newCompressor(quality, sub int) (*compressor, error) {
	if sub != 420 {
		return nil, fmt.Errorf("subsampling %d needs TurboJPEG: build with `make build`", sub)
	}
	return &compressor{options: stdjpeg.Options{Quality: quality}}, nil
}

func (c *compressor) close() {}

// setQuality sets the quality of the pictures that follow, 1 to 100.
func (c *compressor) setQuality(quality int) { c.options.Quality = quality }

// compress gives the JPEG of a checked raw frame; it lies in scratch memory until the next call.
func (c *compressor) compress(f *pipeline.Frame) ([]byte, error) {
	bounds := image.Rect(0, 0, f.Format.Width, f.Format.Height)
	format, data := f.Format, f.Data
	if format.Layout == pipeline.LayoutBGR {
		format = pipeline.Raw(pipeline.LayoutI420, f.Format.Width, f.Format.Height)
		n := format.Bytes()
		c.pixels = slices.Grow(c.pixels[:0], n)[:n]
		pixel.Convert(c.pixels, pipeline.LayoutI420, f.Data, f.Format)
		data = c.pixels
	}
	var img image.Image
	if format.Layout == pipeline.LayoutGray {
		img = &image.Gray{Pix: data, Stride: format.Stride, Rect: bounds}
	} else {
		p := pixel.PlanesOf(data, format)
		img = &image.YCbCr{
			Y: p.Y, Cb: p.Cb, Cr: p.Cr, YStride: p.Stride, CStride: p.CStride,
			SubsampleRatio: image.YCbCrSubsampleRatio420, Rect: bounds,
		}
	}
	c.out = c.out[:0]
	if err := stdjpeg.Encode(&c.out, img, &c.options); err != nil {
		return nil, err
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
	data   []byte // a picture with Huffman tables put in
	pixels []byte // BGR on its way to another layout
}

func newDecompressor() (*decompressor, error) { return &decompressor{}, nil }

func (d *decompressor) close() {}

// forget lets go of the memory that the last picture took.
func (d *decompressor) forget() { *d = decompressor{} }

// decompress fills a tightly packed raw frame with the picture that data holds.
func (d *decompressor) decompress(out *pipeline.Frame, data []byte, h Header) error {
	img, err := d.image(data, h)
	if err != nil {
		return err
	}
	return d.convert(out, img)
}

// image decodes the picture that data holds.
func (d *decompressor) image(data []byte, h Header) (image.Image, error) {
	if !h.Tables {
		d.data = appendTables(d.data[:0], data, h)
		data = d.data
	}
	d.reader.Reset(data)
	img, err := stdjpeg.Decode(&d.reader)
	if err != nil {
		return nil, err
	}
	if img.Bounds() != image.Rect(0, 0, h.Width, h.Height) {
		return nil, errors.New("a header that can be read in two ways")
	}
	return img, nil
}

func (d *decompressor) convert(out *pipeline.Frame, img image.Image) error {
	w, h, layout := out.Format.Width, out.Format.Height, out.Format.Layout
	switch img := img.(type) {
	case *image.Gray:
		pixel.Convert(out.Data, layout, img.Pix, pipeline.Format{
			Codec: pipeline.CodecRaw, Layout: pipeline.LayoutGray, Width: w, Height: h, Stride: img.Stride,
		})
		return nil
	case *image.YCbCr:
		if layout == pipeline.LayoutGray {
			pixel.Convert(out.Data, layout, img.Y, pipeline.Format{
				Codec: pipeline.CodecRaw, Layout: pipeline.LayoutGray, Width: w, Height: h, Stride: img.YStride,
			})
			return nil
		}
		if img.SubsampleRatio == image.YCbCrSubsampleRatio420 {
			from := pixel.Planes{Y: img.Y, Cb: img.Cb, Cr: img.Cr, Stride: img.YStride, CStride: img.CStride}
			if layout == pipeline.LayoutI420 {
				pixel.CopyI420(pixel.PlanesOf(out.Data, out.Format), from, w, h)
			} else {
				pixel.PlanesToBGR(out.Data, from, w, h)
			}
			return nil
		}
	}
	if layout == pipeline.LayoutBGR {
		pixel.FromImage(out.Data, img)
		return nil
	}
	d.pixels = slices.Grow(d.pixels[:0], 3*w*h)[:3*w*h]
	pixel.FromImage(d.pixels, img)
	pixel.Convert(out.Data, layout, d.pixels, pipeline.Raw(pipeline.LayoutBGR, w, h))
	return nil
}
