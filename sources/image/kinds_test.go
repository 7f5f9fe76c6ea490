package image

import (
	"bytes"
	"image"
	"image/color"
	"image/gif"
	stdjpeg "image/jpeg"
	"path/filepath"
	"testing"

	"framewire/pipeline"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
)

// WebP by another program (ImageMagick 6 with libwebp): 16x16 pixels of 208, 32, 16, the second half
// transparent (alpha 128), the third without loss. Nothing in Go writes it.
const (
	webpLossy    = "UklGRkAAAABXRUJQVlA4IDQAAADQAQCdASoQABAAAMASJaACdLoB+AADsAD++Op//2tD67P67P+iP/956PvPR956P+8sAAAA"
	webpAlpha    = "UklGRmQAAABXRUJQVlA4WAoAAAAQAAAADwAADwAAQUxQSAoAAAABB1DAiAhERP8DVlA4IDQAAADQAQCdASoQABAAAMASJaACdLoB+AADsAD++Op//2tD67P67P+iP/956PvPR956P+8sAAAA"
	webpLossless = "UklGRh4AAABXRUJQVlA4TBEAAAAvD8ADAAdQkEIXov+BiOh/AAA="
)

// TestKinds decodes a picture from every kind of file and compares.
func TestKinds(t *testing.T) {
	img := photo(31, 17)
	wide := image.NewNRGBA64(img.Rect)
	for y := range 17 {
		for x := range 31 {
			wide.Set(x, y, img.At(x, y))
		}
	}
	type encoder = func(*bytes.Buffer, image.Image, int) error
	files := map[string][]byte{
		"a.png": pngOf(t, img), "b.png": pngOf(t, wide), "c.jpg": pngOf(t, img), // what it is, its bytes say
		"d.bmp": encode(t, encoder(func(w *bytes.Buffer, img image.Image, _ int) error { return bmp.Encode(w, img) }), img, 0),
		"e.tif": encode(t, encoder(func(w *bytes.Buffer, img image.Image, _ int) error { return tiff.Encode(w, img, nil) }), img, 0),
		"f.tiff": encode(t, encoder(func(w *bytes.Buffer, img image.Image, _ int) error {
			return tiff.Encode(w, img, &tiff.Options{Compression: tiff.Deflate, Predictor: true})
		}), img, 0),
		"g.jpeg": encode(t, encoder(func(w *bytes.Buffer, img image.Image, _ int) error {
			return stdjpeg.Encode(w, img, &stdjpeg.Options{Quality: 97})
		}), img, 0),
	}
	dir := write(t, files)
	s := open(t, Config{Path: dir}, pipeline.AnyRaw)
	for range files {
		f := s.read(t)
		if f.Format != pipeline.Raw(pipeline.LayoutBGR, 31, 17) {
			t.Fatalf("%s: %s", f.Meta.Name, f.Format)
		}
		within := 0
		if f.Meta.Name == "g.jpeg" {
			within = 24
		}
		for i, got := range f.Data {
			if want := img.Pix[i/3*4+2-i%3]; int(got)-int(want) > within || int(want)-int(got) > within {
				t.Fatalf("%s: sample %d is %d, want %d", f.Meta.Name, i, got, want)
			}
		}
		f.Release()
	}
}

func TestWebP(t *testing.T) {
	dir := write(t, map[string][]byte{
		"1.webp": unbase64(t, webpLossy), "2.webp": unbase64(t, webpAlpha), "3.webp": unbase64(t, webpLossless),
	})
	s := open(t, Config{Path: dir})
	for _, want := range [][3]int{{16, 32, 208}, {135, 143, 231}, {16, 32, 208}} {
		f := s.read(t)
		for i, v := range f.Data {
			if d := int(v) - want[i%3]; d < -4 || d > 4 {
				t.Fatalf("%s: pixel %v, want %v", f.Meta.Name, f.Data[i-i%3:i-i%3+3], want)
			}
		}
		f.Release()
	}
}

func TestTransparency(t *testing.T) {
	img := image.NewNRGBA(image.Rect(0, 0, 3, 1))
	img.Set(0, 0, color.NRGBA{255, 0, 0, 255})
	img.Set(1, 0, color.NRGBA{255, 0, 0, 128})
	f := open(t, Config{Path: filepath.Join(write(t, map[string][]byte{"a.png": pngOf(t, img)}), "a.png")}).read(t)
	defer f.Release()
	if want := []byte{0, 0, 255, 127, 127, 255, 255, 255, 255}; !bytes.Equal(f.Data, want) {
		t.Errorf("%v, want %v", f.Data, want)
	}
}

// TestGIF has a first picture that covers a part of the whole.
func TestGIF(t *testing.T) {
	palette := color.Palette{color.White, color.NRGBA{255, 0, 0, 255}}
	part := image.NewPaletted(image.Rect(2, 1, 3, 2), palette)
	part.Pix[0] = 1
	var buf bytes.Buffer
	err := gif.EncodeAll(&buf, &gif.GIF{Image: []*image.Paletted{part, part}, Delay: []int{1, 1}, Config: image.Config{Width: 4, Height: 2, ColorModel: palette}})
	if err != nil {
		t.Fatal(err)
	}
	f := open(t, Config{Path: write(t, map[string][]byte{"a.gif": buf.Bytes()})}).read(t)
	defer f.Release()
	want := bytes.Repeat([]byte{255}, 24)
	copy(want[(4+2)*3:], []byte{0, 0, 255})
	if f.Format != pipeline.Raw(pipeline.LayoutBGR, 4, 2) || !bytes.Equal(f.Data, want) {
		t.Errorf("%s %v", f.Format, f.Data)
	}
}
