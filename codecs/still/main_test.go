package still

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/color"
	stdjpeg "image/jpeg"
	"image/png"
	"testing"

	"framewire/pipeline"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// shades gives a small picture with soft shades.
func shades(w, h int) *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.Set(x, y, color.NRGBA{byte(40 + 3*x), byte(200 - 2*y), byte(x + y), 255})
		}
	}
	return img
}

func encode(t testing.TB, encode func(*bytes.Buffer) error) []byte {
	t.Helper()
	var buf bytes.Buffer
	if err := encode(&buf); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func pngOf(t testing.TB, img image.Image) []byte {
	t.Helper()
	return encode(t, func(w *bytes.Buffer) error { return png.Encode(w, img) })
}

func jpegOf(t testing.TB, img image.Image) []byte {
	t.Helper()
	return encode(t, func(w *bytes.Buffer) error { return stdjpeg.Encode(w, img, &stdjpeg.Options{Quality: 97}) })
}

func unbase64(t testing.TB, text string) []byte {
	t.Helper()
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// decode gives the picture in a file, and leaves no frame behind but that.
func decode(t testing.TB, data []byte) (*pipeline.Frame, error) {
	t.Helper()
	pool := pipeline.NewPool()
	pool.Poison()
	in := pool.Get(len(data))
	copy(in.Data, data)
	in.Meta.Name = "a"
	var d Decoder
	out, err := d.Decode(t.Context(), in)
	if err := d.Close(); err != nil {
		t.Error(err)
	}
	in.Release()
	left := int64(0)
	if err == nil {
		left = 1
		if err := out.Format.Check(len(out.Data)); err != nil {
			t.Error(err)
		}
		if want := (pipeline.Meta{Name: "a"}); out.Meta != want || !out.Key || out.Format.Layout != pipeline.LayoutBGR {
			t.Errorf("%s, %+v", out.Format, out.Meta)
		}
	}
	if n := pool.Outstanding(); n != left {
		t.Errorf("%d frames are out, want %d", n, left)
	}
	return out, err
}

// same compares with the picture that was encoded, within so much a sample.
func same(t testing.TB, f *pipeline.Frame, img *image.NRGBA, within int) {
	t.Helper()
	size := img.Bounds().Size()
	if f.Format != pipeline.Raw(pipeline.LayoutBGR, size.X, size.Y) {
		t.Fatalf("%s, want %v", f.Format, size)
	}
	for i, got := range f.Data {
		if want := img.Pix[i/3*4+2-i%3]; int(got)-int(want) > within || int(want)-int(got) > within {
			t.Fatalf("sample %d is %d, want %d", i, got, want)
		}
	}
}
