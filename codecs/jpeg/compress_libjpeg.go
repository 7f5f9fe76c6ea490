//go:build opencv

package jpeg

// #include "libjpeg.h"
import "C"

import (
	"framewire/codecs/pixel"
	"framewire/pipeline"
)

func (c *Config) validateBuild() error { return nil }

// compressor holds one libjpeg encoder and the memory for what it writes.
type compressor struct {
	handle *C.fw_encoder
	hstep  C.int  // luma columns to one of chroma
	vstep  C.int  // luma rows to one of chroma
	out    []byte // as large as the largest JPEG seen, or a little more
}

func newCompressor(sub int) (*compressor, error) {
	c := &compressor{hstep: 2, vstep: 2}
	switch sub {
	case 444:
		c.hstep, c.vstep = 1, 1
	case 422:
		c.vstep = 1
	}
	if c.handle = C.fw_encoder_new(); c.handle == nil {
		return nil, errMemory
	}
	return c, nil
}

func (c *compressor) close() { C.fw_encoder_free(c.handle) }

// unitRows is the height of an MCU in pixels.
func (c *compressor) unitRows(layout pipeline.Layout) int {
	if layout == pipeline.LayoutGray {
		return 8
	}
	return 8 * int(c.vstep)
}

// compress gives the JPEG of rows from to to of a checked raw frame, from being a multiple of unitRows; it lies in
// scratch memory until the next call. restart asks for a restart marker between any two rows of MCUs.
func (c *compressor) compress(f *pipeline.Frame, from, to, quality int, restart bool) ([]byte, error) {
	w, h := f.Format.Width, to-from
	const tables = 1024                    // markers and tables take 623 bytes
	most := 6*(w+16)*(h+16) + tables + 4*h // no JPEG by libjpeg is longer
	c.out = c.out[:cap(c.out)]
	if least := w*h/4 + tables; len(c.out) < least {
		c.out = grow(c.out, least)
	}
	for {
		n := c.encode(f, from, h, quality, restart)
		switch {
		case n >= 0:
			return c.out[:n], nil
		case n != C.FW_FULL || len(c.out) >= most:
			return nil, failure(C.fw_encoder_text(c.handle))
		}
		c.out = grow(c.out, min(2*len(c.out), most))
	}
}

func (c *compressor) encode(f *pipeline.Frame, from, h, quality int, restart bool) C.long {
	w, stride, every := C.int(f.Format.Width), f.Format.Stride, C.int(0)
	if restart {
		every = 1
	}
	if f.Format.Layout == pipeline.LayoutI420 {
		p := pixel.PlanesOf(f.Data, f.Format).From(from)
		return C.fw_encode_420(c.handle, first(p.Y), first(p.Cb), first(p.Cr),
			C.int(p.Stride), C.int(p.CStride), w, C.int(h),
			c.hstep, c.vstep, C.int(quality), every, first(c.out), C.size_t(len(c.out)))
	}
	form := C.int(C.FW_BGR)
	if f.Format.Layout == pipeline.LayoutGray {
		form = C.FW_GRAY
	}
	return C.fw_encode_packed(c.handle, first(f.Data[from*stride:]), C.int(stride), form, w, C.int(h),
		c.hstep, c.vstep, C.int(quality), every, first(c.out), C.size_t(len(c.out)))
}
