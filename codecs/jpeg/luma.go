package jpeg

import (
	"errors"
	"fmt"

	"framewire/pipeline"
)

// LumaDecoder gives the brightness of JPEG pictures, small, for who looks for what has changed in them. It is used
// from one goroutine.
type LumaDecoder struct{ decompressor *decompressor }

// NewLumaDecoder gives a decoder; Close gives its memory back.
func NewLumaDecoder() (*LumaDecoder, error) {
	d, err := newDecompressor()
	if err != nil {
		return nil, fmt.Errorf("start the JPEG decoder: %w", err)
	}
	return &LumaDecoder{d}, nil
}

// Decode gives the luma of a picture as gray pixels that are valid until the next call, reduced to a half, a
// quarter or an eighth as long as that leaves width pixels. Without libjpeg-turbo nothing is reduced, and
// it takes as long as decoding does. It refuses what the decoder refuses, and pictures of four components or more than 16
// megapixels.
func (d *LumaDecoder) Decode(data []byte, width int) ([]byte, pipeline.Format, error) {
	h, err := ParseHeader(data)
	if err == nil {
		err = h.CheckData(data)
	}
	switch {
	case err != nil:
	case h.Components == 4:
		err = errors.New("a JPEG for print has no luma")
	case h.Width*h.Height > large:
		err = fmt.Errorf("a JPEG of %dx%d is too large", h.Width, h.Height)
	}
	if err != nil {
		return nil, pipeline.Format{}, err
	}
	return d.decompressor.luma(data, h, width)
}

// Close gives the decoder's memory back.
func (d *LumaDecoder) Close() { d.decompressor.close() }
