//go:build opencv

package jpeg

// #include "libjpeg.h"
import "C"

import "framewire/pipeline"

// luma decodes at a reduced size, for which fewer coefficients of each block are transformed.
func (d *decompressor) luma(data []byte, h Header, width int) ([]byte, pipeline.Format, error) {
	scale := 8
	for scale > 1 && h.Width < width*scale {
		scale /= 2
	}
	f := pipeline.Raw(pipeline.LayoutGray, reduced(h.Width, scale), reduced(h.Height, scale))
	d.pixels = grow(d.pixels, f.Bytes())
	err := d.packed(d.pixels, h, whole(nil, data, h, scale), C.FW_GRAY)
	return d.pixels, f, err
}
