//go:build opencv

package jpeg

// #include "libjpeg.h"
import "C"

import (
	"framewire/codecs/pixel"
	"framewire/pipeline"
)

// decompressor holds one libjpeg decoder and the memory that it works in.
type decompressor struct {
	handle *C.fw_decoder
	pixels []byte // pictures on their way to a layout that libjpeg does not write
}

func newDecompressor() (*decompressor, error) {
	d := &decompressor{handle: C.fw_decoder_new()}
	if d.handle == nil {
		return nil, errMemory
	}
	return d, nil
}

func (d *decompressor) close() { C.fw_decoder_free(d.handle) }

// forget lets go of the memory that the last picture took.
func (d *decompressor) forget() { d.pixels = nil }

// scales reports whether pictures can be decoded at a reduced size.
func scales() bool { return true }

// divisible reports whether a picture can be decoded in parts to that layout, and whether a part then needs to see
// the row of MCUs above and below it: chroma halved down is interpolated between rows.
func divisible(layout pipeline.Layout, h Header) (yes, overlap bool) {
	if layout == pipeline.LayoutI420 {
		return h.Model == ModelYCbCr && h.Half, false
	}
	return h.Components < 4, layout == pipeline.LayoutBGR && h.down > 1
}

// decompress fills the rows of a tightly packed raw frame that the piece has.
func (d *decompressor) decompress(out *pipeline.Frame, h Header, p piece) error {
	layout := out.Format.Layout
	switch {
	case h.Components == 4:
		return d.ink(out, h, p)
	case layout == pipeline.LayoutBGR:
		return d.packed(out.Data[p.from*out.Format.Stride:], h, p, C.FW_BGR)
	case layout == pipeline.LayoutGray:
		return d.packed(out.Data[p.from*out.Format.Stride:], h, p, C.FW_GRAY)
	case h.Model == ModelGray:
		planes := pixel.PlanesOf(out.Data, out.Format)
		pixel.Neutral(planes)
		return d.packed(planes.Y, h, p, C.FW_GRAY)
	case h.Model == ModelYCbCr && h.Half && p.scale == 1:
		return d.planes(out, h, p)
	}
	w, rows := out.Format.Width, out.Format.Height
	d.pixels = grow(d.pixels, 3*w*rows)
	if err := d.packed(d.pixels, h, p, C.FW_BGR); err != nil {
		return err
	}
	pixel.Convert(out.Data, layout, d.pixels, pipeline.Raw(pipeline.LayoutBGR, w, rows))
	return nil
}

// packed decodes to pixels of n bytes.
func (d *decompressor) packed(dst []byte, h Header, p piece, n C.int) error {
	return d.result(C.fw_decode_packed(d.handle, first(p.head), C.size_t(len(p.head)), first(p.body), C.size_t(len(p.body)),
		p.openC(), C.int(p.first), n, C.int(h.Width), C.int(p.height), C.int(p.scale),
		C.int(p.skip), C.int(p.rows), first(dst), n*C.int(reduced(h.Width, p.scale))))
}

// planes decodes a 4:2:0 picture to I420 without touching its colours.
func (d *decompressor) planes(out *pipeline.Frame, h Header, p piece) error {
	to := pixel.PlanesOf(out.Data, out.Format).From(p.from)
	return d.result(C.fw_decode_420(d.handle, first(p.head), C.size_t(len(p.head)), first(p.body), C.size_t(len(p.body)),
		p.openC(), C.int(p.first), C.int(h.Width), C.int(p.height),
		first(to.Y), first(to.Cb), first(to.Cr), C.int(to.Stride), C.int(to.CStride)))
}

func (p piece) openC() C.int {
	if p.open {
		return 1
	}
	return 0
}

func (d *decompressor) result(status C.int) error {
	switch status {
	case 0:
		return nil
	case C.FW_DIFFERS:
		return errDiffers
	}
	return failure(C.fw_decoder_text(d.handle))
}

// ink decodes a CMYK or YCCK picture, which libjpeg brings to CMYK but not to light.
func (d *decompressor) ink(out *pipeline.Frame, h Header, p piece) error {
	w, rows := out.Format.Width, out.Format.Height
	n := w * rows
	d.pixels = grow(d.pixels, 4*n)
	if err := d.packed(d.pixels, h, p, C.FW_CMYK); err != nil {
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
	pixel.Convert(out.Data, out.Format.Layout, bgr, pipeline.Raw(pipeline.LayoutBGR, w, rows))
	return nil
}
