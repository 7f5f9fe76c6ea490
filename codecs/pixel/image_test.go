package pixel

import (
	"bytes"
	"image"
	"image/color"
	"testing"
)

// TestFromImage compares each fast path with what the image itself says of its pixels.
func TestFromImage(t *testing.T) {
	bounds := image.Rect(3, 5, 24, 20)
	palette := color.Palette{color.White, color.RGBA{200, 30, 10, 255}, color.NRGBA{0, 0, 255, 128}, color.Transparent}
	images := map[string]image.Image{
		"ycbcr 4:2:0": image.NewYCbCr(bounds, image.YCbCrSubsampleRatio420), "ycbcr 4:2:2": image.NewYCbCr(bounds, image.YCbCrSubsampleRatio422),
		"nrgba": image.NewNRGBA(bounds), "rgba": image.NewRGBA(bounds), "gray": image.NewGray(bounds), "cmyk": image.NewCMYK(bounds),
		"paletted": image.NewPaletted(bounds, palette), "gray16": image.NewGray16(bounds), "rgba64": image.NewRGBA64(bounds),
		"nrgba64": image.NewNRGBA64(bounds), "nycbcra": image.NewNYCbCrA(bounds, image.YCbCrSubsampleRatio420), "alpha": image.NewAlpha(bounds),
		"only At": struct{ image.Image }{image.NewUniform(color.NRGBA{10, 20, 30, 40})},
	}
	images["only At"] = cropped{images["only At"], bounds}
	for name, img := range images {
		fill(img)
		for kind, img := range map[string]image.Image{"whole": img, "part": part(img)} {
			t.Run(name+" "+kind, func(t *testing.T) {
				b := img.Bounds()
				dst := make([]byte, 3*b.Dx()*b.Dy())
				FromImage(dst, img)
				for y := range b.Dy() {
					for x := range b.Dx() {
						r, g, bl, a := img.At(b.Min.X+x, b.Min.Y+y).RGBA()
						for i, v := range []uint32{bl, g, r} {
							want := float64(v+0xFFFF-a) / 257
							if got := dst[3*(y*b.Dx()+x)+i]; !close(got, want, 1.5) {
								t.Fatalf("pixel %d,%d sample %d is %d, want %.1f", x, y, i, got, want)
							}
						}
					}
				}
			})
		}
	}
}

// cropped bounds an endless image.
type cropped struct {
	image.Image
	r image.Rectangle
}

func (c cropped) Bounds() image.Rectangle { return c.r }

// fill puts colours of every kind, opaque and not, into an image that can be written.
func fill(img image.Image) {
	if y, ok := img.(*image.YCbCr); ok {
		scatter(y.Y, 3)
		scatter(y.Cb, 5)
		scatter(y.Cr, 7)
		return
	}
	if y, ok := img.(*image.NYCbCrA); ok {
		scatter(y.Y, 3)
		scatter(y.Cb, 5)
		scatter(y.Cr, 7)
		scatter(y.A, 11)
		return
	}
	b := img.Bounds()
	if set, ok := img.(interface{ Set(x, y int, c color.Color) }); ok {
		for y := b.Min.Y; y < b.Max.Y; y++ {
			for x := b.Min.X; x < b.Max.X; x++ {
				set.Set(x, y, color.NRGBA{byte(x * 11), byte(y * 17), byte(x * y), byte(x * 37)})
			}
		}
	}
}

// part gives an inner piece, whose memory starts in the middle of the whole's.
func part(img image.Image) image.Image {
	if sub, ok := img.(interface {
		SubImage(image.Rectangle) image.Image
	}); ok {
		return sub.SubImage(image.Rect(6, 7, 21, 18))
	}
	return img
}

func TestPaletteTooSmall(t *testing.T) {
	img := image.NewPaletted(image.Rect(0, 0, 2, 1), color.Palette{color.Black})
	img.Pix[1] = 9
	dst := make([]byte, 6)
	FromImage(dst, img)
	if !bytes.Equal(dst, []byte{0, 0, 0, 255, 255, 255}) {
		t.Error(dst)
	}
}
