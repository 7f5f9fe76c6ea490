package picture

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/png"
	"testing"

	"go.uber.org/goleak"

	"framewire/pipeline"
	"framewire/pipeline/pipelinetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func decode(t *testing.T, data []byte) image.Image {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// TestEncodeIsExact compares every pixel, for each rotation, with a stride longer than a row.
func TestEncodeIsExact(t *testing.T) {
	format := pipeline.Raw(pipeline.LayoutBGR, 31, 17)
	format.Stride += 7
	f := pipelinetest.Frame(pipeline.NewPool(), format, 3)
	defer f.Release()
	var p PNG
	for _, turn := range []int{0, 90, 180, 270} {
		f.Meta.Rotation = turn
		data, err := p.Encode(f)
		if err != nil {
			t.Fatal(err)
		}
		img := decode(t, data)
		w, h := format.Width, format.Height
		if turn%180 != 0 {
			w, h = h, w
		}
		if img.Bounds() != image.Rect(0, 0, w, h) {
			t.Fatalf("turned by %d the picture is %v, wants %dx%d", turn, img.Bounds(), w, h)
		}
		for y := range format.Height {
			for x := range format.Width {
				tx, ty := x, y
				switch turn {
				case 90:
					tx, ty = format.Height-1-y, x
				case 180:
					tx, ty = format.Width-1-x, format.Height-1-y
				case 270:
					tx, ty = y, format.Width-1-x
				}
				r, g, b, a := img.At(tx, ty).RGBA()
				i := y*format.Stride + 3*x
				if byte(b>>8) != f.Data[i] || byte(g>>8) != f.Data[i+1] || byte(r>>8) != f.Data[i+2] || a != 0xFFFF {
					t.Fatalf("turned by %d, pixel %d,%d is not at %d,%d", turn, x, y, tx, ty)
				}
			}
		}
	}
}

func TestBadFramesAreSkipped(t *testing.T) {
	pool := pipeline.NewPool()
	for name, spoil := range map[string]func(f *pipeline.Frame){
		"too short":  func(f *pipeline.Frame) { f.Data = f.Data[:10] },
		"no layout":  func(f *pipeline.Frame) { f.Format.Layout = pipeline.LayoutNone },
		"giant":      func(f *pipeline.Frame) { f.Format.Width = 1 << 30 },
		"not a jpeg": func(f *pipeline.Frame) { f.Format = pipeline.JPEG(8, 8) },
		"short jpeg": func(f *pipeline.Frame) { f.Format, f.Data = pipeline.JPEG(8, 8), []byte{0xFF, 0xD8} },
		"below zero": func(f *pipeline.Frame) { f.Format.Height = -1 },
		"bad stride": func(f *pipeline.Frame) { f.Format.Stride = 1 },
	} {
		f := pipelinetest.Frame(pool, pipeline.Raw(pipeline.LayoutBGR, 8, 8), 0)
		spoil(f)
		if _, err := new(PNG).Encode(f); !errors.Is(err, pipeline.ErrSkip) {
			t.Errorf("%s: Encode gives %v, wants a skip", name, err)
		}
		f.Release()
	}
}

func TestEncodeIsCancelled(t *testing.T) {
	f := pipelinetest.Frame(pipeline.NewPool(), pipeline.Raw(pipeline.LayoutBGR, 8, 8), 0)
	defer f.Release()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var p PNG
	if _, err := p.EncodeContext(ctx, f); !errors.Is(err, context.Canceled) {
		t.Errorf("EncodeContext gives %v", err)
	}
	if _, err := p.Encode(f); err != nil {
		t.Errorf("the picture after that: %v", err)
	}
}

func TestWrongLayout(t *testing.T) {
	f := pipelinetest.Frame(pipeline.NewPool(), pipeline.Raw(pipeline.LayoutGray, 8, 8), 0)
	defer f.Release()
	if _, err := new(PNG).Encode(f); err == nil || err.Error() != "a raw gray 8x8 frame cannot be saved as png: wants raw bgr" {
		t.Errorf("Encode gives %v", err)
	}
}

func BenchmarkPNG1080p(b *testing.B) {
	f := pipelinetest.Frame(pipeline.NewPool(), pipeline.Raw(pipeline.LayoutBGR, 1920, 1080), 0)
	defer f.Release()
	var p PNG
	b.SetBytes(int64(len(f.Data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := p.Encode(f); err != nil {
			b.Fatal(err)
		}
	}
}
