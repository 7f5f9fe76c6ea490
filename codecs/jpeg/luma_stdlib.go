//go:build !opencv

package jpeg

import (
	"errors"
	"image"

	"framewire/pipeline"
)

// luma decodes the whole picture; of a colour one the luma plane is there already.
func (d *decompressor) luma(data []byte, h Header, _ int) ([]byte, pipeline.Format, error) {
	p := whole(d.data, data, h, 1)
	if p.head != nil {
		d.data = append(p.head, p.body...)
		data = d.data
	}
	img, err := d.image(data, h.Width, h.Height)
	if err != nil {
		return nil, pipeline.Format{}, err
	}
	f := pipeline.Raw(pipeline.LayoutGray, h.Width, h.Height)
	switch img := img.(type) {
	case *image.Gray:
		f.Stride = img.Stride
		return img.Pix[:f.Bytes()], f, nil
	case *image.YCbCr:
		f.Stride = img.YStride
		return img.Y[:f.Bytes()], f, nil
	}
	return nil, pipeline.Format{}, errors.New("a JPEG of red, green and blue has no luma")
}
