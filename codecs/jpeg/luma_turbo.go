//go:build opencv

package jpeg

// #include "turbo.h"
import "C"

import "framewire/pipeline"

// luma decodes at a reduced size, for which fewer coefficients of each block are transformed.
func (d *decompressor) luma(data []byte, h Header, width int) ([]byte, pipeline.Format, error) {
	scale := 8
	for scale > 1 && h.Width < width*scale {
		scale /= 2
	}
	f := pipeline.Raw(pipeline.LayoutGray, (h.Width+scale-1)/scale, (h.Height+scale-1)/scale)
	d.pixels = grow(d.pixels, f.Bytes())
	err := d.result(C.fw_decompress(d.handle, (*C.uchar)(&data[0]), C.ulong(len(data)),
		(*C.uchar)(&d.pixels[0]), C.int(f.Width), C.int(f.Stride), C.int(f.Height), C.TJPF_GRAY, decompressFlags))
	return d.pixels, f, err
}
