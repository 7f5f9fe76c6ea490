package still

import (
	"bytes"
	"image"
	"image/color"
	"image/gif"
	"strings"
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
	img := shades(31, 17)
	wide := image.NewNRGBA64(img.Rect)
	for y := range 17 {
		for x := range 31 {
			wide.Set(x, y, img.At(x, y))
		}
	}
	for name, c := range map[string]struct {
		data   []byte
		within int
	}{
		"png":    {pngOf(t, img), 0},
		"png 16": {pngOf(t, wide), 0},
		"jpeg":   {jpegOf(t, img), 24},
		"bmp":    {encode(t, func(w *bytes.Buffer) error { return bmp.Encode(w, img) }), 0},
		"tiff":   {encode(t, func(w *bytes.Buffer) error { return tiff.Encode(w, img, nil) }), 0},
		"tiff deflate": {encode(t, func(w *bytes.Buffer) error {
			return tiff.Encode(w, img, &tiff.Options{Compression: tiff.Deflate, Predictor: true})
		}), 0},
	} {
		t.Run(name, func(t *testing.T) {
			f, err := decode(t, c.data)
			if err != nil {
				t.Fatal(err)
			}
			same(t, f, img, c.within)
		})
	}
}

func TestWebP(t *testing.T) {
	for data, want := range map[string][3]int{webpLossy: {16, 32, 208}, webpAlpha: {135, 143, 231}, webpLossless: {16, 32, 208}} {
		f, err := decode(t, unbase64(t, data))
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range f.Data {
			if d := int(v) - want[i%3]; d < -4 || d > 4 {
				t.Fatalf("pixel %v, want %v", f.Data[i-i%3:i-i%3+3], want)
			}
		}
	}
}

func TestTransparency(t *testing.T) {
	img := image.NewNRGBA(image.Rect(0, 0, 3, 1))
	img.Set(0, 0, color.NRGBA{255, 0, 0, 255})
	img.Set(1, 0, color.NRGBA{255, 0, 0, 128})
	f, err := decode(t, pngOf(t, img))
	if err != nil {
		t.Fatal(err)
	}
	if want := []byte{0, 0, 255, 127, 127, 255, 255, 255, 255}; !bytes.Equal(f.Data, want) {
		t.Errorf("%v, want %v", f.Data, want)
	}
}

// TestGIF has a first picture that covers a part of the whole.
func TestGIF(t *testing.T) {
	palette := color.Palette{color.White, color.NRGBA{255, 0, 0, 255}}
	part := image.NewPaletted(image.Rect(2, 1, 3, 2), palette)
	part.Pix[0] = 1
	f, err := decode(t, encode(t, func(w *bytes.Buffer) error {
		return gif.EncodeAll(w, &gif.GIF{Image: []*image.Paletted{part, part}, Delay: []int{1, 1}, Config: image.Config{Width: 4, Height: 2, ColorModel: palette}})
	}))
	if err != nil {
		t.Fatal(err)
	}
	want := bytes.Repeat([]byte{255}, 24)
	copy(want[(4+2)*3:], []byte{0, 0, 255})
	if f.Format != pipeline.Raw(pipeline.LayoutBGR, 4, 2) || !bytes.Equal(f.Data, want) {
		t.Errorf("%s %v", f.Format, f.Data)
	}
}

// bombBMP is a header that promises 10 GB.
func bombBMP() []byte {
	data := make([]byte, 60)
	copy(data, "BM\x3C\x00\x00\x00\x00\x00\x00\x00\x36\x00\x00\x00\x28\x00\x00\x00\x60\xEA\x00\x00\x60\xEA\x00\x00\x01\x00\x18\x00")
	return data
}

func TestFaults(t *testing.T) {
	whole := jpegOf(t, shades(64, 48))
	for name, c := range map[string]struct {
		data []byte
		says string
	}{
		"nothing":   {nil, "not a picture that is known here: JPEG, PNG, GIF, WebP, BMP, TIFF, HEIC and AVIF are"},
		"text":      {[]byte("hello, world"), "not a picture that is known here"},
		"half png":  {pngOf(t, shades(30, 30))[:60], "a PNG file that cannot be decoded: "},
		"half jpeg": {whole[:len(whole)*3/4], "decode jpeg 64x48: cut off: the end marker is missing"},
		"bomb":      {bombBMP(), "a BMP file that cannot be decoded: its header says 60000x60000 pixels, of which up to 100 million are read"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := decode(t, c.data); err == nil || !strings.HasPrefix(err.Error(), c.says) {
				t.Errorf("%v, want %s", err, c.says)
			}
		})
	}
}
