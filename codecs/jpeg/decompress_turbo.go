//go:build opencv

package jpeg

// #include "turbo.h"
import "C"

import (
	"errors"

	"framewire/codecs/pixel"
	"framewire/pipeline"
)

// decompressFlags bounds the scans of a picture once more, inside libjpeg. The fast transform is not asked
// for: it saves a tenth of the time and costs 2 dB at quality 80.
const decompressFlags = C.TJFLAG_LIMITSCANS

// decompressor holds one TurboJPEG handle and the memory that it works in.
type decompressor struct {
	turbo
	pixels []byte // pictures on their way to a layout that TurboJPEG does not write
}

func newDecompressor() (*decompressor, error) {
	d := &decompressor{}
	if d.handle = C.tjInitDecompress(); d.handle == nil {
		return nil, errors.New(d.message())
	}
	return d, nil
}

// forget lets go of the memory that the last picture took.
func (d *decompressor) forget() { d.pixels = nil }

// decompress fills a tightly packed raw frame with the picture that data holds.
func (d *decompressor) decompress(out *pipeline.Frame, data []byte, h Header) error {
	layout := out.Format.Layout
	switch {
	case h.Components == 4:
		return d.ink(out, data, h)
	case layout == pipeline.LayoutBGR:
		return d.packed(out.Data, data, h, C.TJPF_BGR, 3)
	case layout == pipeline.LayoutGray:
		return d.packed(out.Data, data, h, C.TJPF_GRAY, 1)
	case h.Model == ModelGray:
		planes := pixel.PlanesOf(out.Data, out.Format)
		pixel.Neutral(planes)
		return d.packed(planes.Y, data, h, C.TJPF_GRAY, 1)
	case h.Model == ModelYCbCr && h.Half:
		return d.planes(out, data, h)
	}
	d.pixels = grow(d.pixels, 3*h.Width*h.Height)
	if err := d.packed(d.pixels, data, h, C.TJPF_BGR, 3); err != nil {
		return err
	}
	pixel.Convert(out.Data, layout, d.pixels, pipeline.Raw(pipeline.LayoutBGR, h.Width, h.Height))
	return nil
}

// packed decodes to a pixel format of n bytes a pixel.
func (d *decompressor) packed(dst, data []byte, h Header, format C.int, n int) error {
	return d.result(C.fw_decompress(d.handle, (*C.uchar)(&data[0]), C.ulong(len(data)),
		(*C.uchar)(&dst[0]), C.int(h.Width), C.int(n*h.Width), C.int(h.Height), format, decompressFlags))
}

// planes decodes a 4:2:0 picture to I420 without touching its colours. TurboJPEG writes luma planes with
// even sides, so that odd pictures take a way round.
func (d *decompressor) planes(out *pipeline.Frame, data []byte, h Header) error {
	p := pixel.PlanesOf(out.Data, out.Format)
	odd := h.Width%2 == 1 || h.Height%2 == 1
	if odd {
		even := pipeline.Raw(pipeline.LayoutI420, roundUp(h.Width, 2), roundUp(h.Height, 2))
		d.pixels = grow(d.pixels, even.Bytes())
		p = pixel.PlanesOf(d.pixels, even)
	}
	err := d.result(C.fw_decompress_420(d.handle, (*C.uchar)(&data[0]), C.ulong(len(data)),
		(*C.uchar)(&p.Y[0]), (*C.uchar)(&p.Cb[0]), (*C.uchar)(&p.Cr[0]),
		C.int(p.Stride), C.int(p.CStride), C.int(h.Width), C.int(h.Height), decompressFlags))
	if err == nil && odd {
		pixel.CopyI420(pixel.PlanesOf(out.Data, out.Format), p, h.Width, h.Height)
	}
	return err
}

// ink decodes a CMYK or YCCK picture, which TurboJPEG brings to CMYK but not to light.
func (d *decompressor) ink(out *pipeline.Frame, data []byte, h Header) error {
	n := h.Width * h.Height
	d.pixels = grow(d.pixels, 4*n)
	if err := d.packed(d.pixels, data, h, C.TJPF_CMYK, 4); err != nil {
		return err
	}
	var flip byte
	if h.Inverted {
		flip = 0xFF
	}
	bgr := d.pixels[:3*n] // shrinks in place: pixel i is read before anything at or behind it is written
	for i := range n {
		c, m, y, k := d.pixels[4*i]^flip, d.pixels[4*i+1]^flip, d.pixels[4*i+2]^flip, d.pixels[4*i+3]^flip
		bgr[3*i], bgr[3*i+1], bgr[3*i+2] = pixel.Ink(y, k), pixel.Ink(m, k), pixel.Ink(c, k)
	}
	pixel.Convert(out.Data, out.Format.Layout, bgr, pipeline.Raw(pipeline.LayoutBGR, h.Width, h.Height))
	return nil
}
