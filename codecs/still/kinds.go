package still

import (
	"bytes"
	"fmt"
	"image"
	"image/draw"
	"image/gif"
	"image/png"
	"io"

	"framewire/codecs/pixel"
	"framewire/pipeline"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
	"golang.org/x/image/webp"
)

// kind is a file format that Go decodes.
type kind struct {
	name   string
	magic  string // what its files begin with; ? stands for any byte
	config func(io.Reader) (image.Config, error)
	decode func(io.Reader) (image.Image, error)
}

func kinds() [6]kind {
	return [...]kind{
		{"PNG", "\x89PNG\r\n\x1A\n", png.DecodeConfig, png.Decode},
		{"GIF", "GIF8?a", gif.DecodeConfig, gif.Decode},
		{"WebP", "RIFF????WEBP", webp.DecodeConfig, decodeWebP},
		{"BMP", "BM????\x00\x00\x00\x00", bmp.DecodeConfig, bmp.Decode},
		{"TIFF", littleEndian, tiff.DecodeConfig, tiff.Decode},
		{"TIFF", bigEndian, tiff.DecodeConfig, tiff.Decode},
	}
}

func begins(data []byte, magic string) bool {
	if len(data) < len(magic) {
		return false
	}
	for i := range magic {
		if magic[i] != '?' && magic[i] != data[i] {
			return false
		}
	}
	return true
}

// frame decodes a file to a BGR frame.
func (k kind) frame(f *pipeline.Frame) (*pipeline.Frame, error) {
	img, err := k.image(f.Data)
	if err != nil {
		return nil, fmt.Errorf("a %s file that cannot be decoded: %w", k.name, err)
	}
	size := img.Bounds().Size()
	out := blank(f, size.X, size.Y)
	pixel.FromImage(out.Data, img)
	return out, nil
}

// image decodes a file after a look at its size, so that a small file does not take all memory.
func (k kind) image(data []byte) (img image.Image, err error) {
	defer func() {
		if r := recover(); r != nil { // a decoder that trips over a stranger's bytes costs one picture, not the pipeline
			img, err = nil, fmt.Errorf("the decoder gave up: %v", r)
		}
	}()
	cfg, err := k.config(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	if err := checkSize(cfg.Width, cfg.Height); err != nil {
		return nil, err
	}
	if img, err = k.decode(bytes.NewReader(data)); err != nil {
		return nil, err
	}
	whole := image.Rect(0, 0, cfg.Width, cfg.Height)
	if img.Bounds() == whole {
		return img, nil
	}
	// The first picture of a GIF may cover only a part of it.
	canvas := image.NewNRGBA(whole)
	draw.Draw(canvas, img.Bounds(), img, img.Bounds().Min, draw.Src)
	return canvas, nil
}

// decodeWebP widens the samples of lossy WebP, which are those of video: black at 16 and white at 235 (RFC
// 6386, section 9.2; ITU-R BT.601). The decoder hands them on as if they were JFIF's.
func decodeWebP(r io.Reader) (image.Image, error) {
	img, err := webp.Decode(r)
	if err != nil {
		return nil, err
	}
	switch img := img.(type) {
	case *image.YCbCr:
		widen(img)
	case *image.NYCbCrA:
		widen(&img.YCbCr)
	}
	return img, nil
}

func widen(img *image.YCbCr) {
	var luma, chroma [256]byte
	for i := range 256 {
		luma[i] = byte(min(max((float64(i)-16)*255/219+0.5, 0), 255))
		chroma[i] = byte(min(max((float64(i)-128)*255/224+128.5, 0), 255))
	}
	for i, v := range img.Y {
		img.Y[i] = luma[v]
	}
	for i := range img.Cb {
		img.Cb[i], img.Cr[i] = chroma[img.Cb[i]], chroma[img.Cr[i]]
	}
}
