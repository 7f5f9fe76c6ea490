package jpeg

import (
	"bytes"
	"context"
	"image"
	stdjpeg "image/jpeg"
	"math"
	"testing"

	"framewire/pipeline"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// scene paints what a camera might see: soft shades, a few hard edges, and colour that changes slowly.
func scene(p *pipeline.Pool, format pipeline.Format) *pipeline.Frame {
	f := p.Get(format.Bytes())
	f.Format, f.Key = format, true
	for i := range f.Data {
		f.Data[i] = 0xEE // what padding holds must not matter
	}
	w, h := format.Width, format.Height
	shade := func(x, y int, phase float64) byte {
		v := 128 + 90*math.Sin(float64(x)/37+phase)*math.Cos(float64(y)/29-phase)
		if (x/64+y/64)%5 == 0 {
			v += 30
		}
		return byte(v)
	}
	switch format.Layout {
	case pipeline.LayoutBGR:
		for y := range h {
			for x := range w {
				p := f.Data[y*format.Stride+3*x:]
				p[0], p[1], p[2] = shade(x, y, 0), shade(x, y, 1), shade(x, y, 2)
			}
		}
	default:
		for y := range h {
			for x := range w {
				f.Data[y*format.Stride+x] = shade(x, y, 0)
			}
		}
		chroma := f.Data[format.Stride*h:]
		for i := range chroma {
			chroma[i] = 0xEE
		}
		if format.Layout == pipeline.LayoutI420 {
			ch, cs := (h+1)/2, format.ChromaStride()
			for y := range 2 * ch {
				for x := range (w + 1) / 2 {
					chroma[y*cs+x] = shade(x, y%ch, float64(1+y/ch))
				}
			}
		}
	}
	return f
}

// flat paints one colour in BGR.
func flat(p *pipeline.Pool, w, h int, b, g, r byte) *pipeline.Frame {
	f := p.Get(3 * w * h)
	f.Format, f.Key = pipeline.Raw(pipeline.LayoutBGR, w, h), true
	for i := 0; i < len(f.Data); i += 3 {
		f.Data[i], f.Data[i+1], f.Data[i+2] = b, g, r
	}
	return f
}

// photo puts JPEG bytes into a frame.
func photo(p *pipeline.Pool, data []byte, w, h int) *pipeline.Frame {
	f := p.Get(len(data))
	copy(f.Data, data)
	f.Format, f.Key = pipeline.JPEG(w, h), true
	return f
}

// plain gives a JPEG by the standard library.
func plain(t testing.TB, w, h int) []byte {
	t.Helper()
	img := image.NewYCbCr(image.Rect(0, 0, w, h), image.YCbCrSubsampleRatio420)
	for i := range img.Y {
		img.Y[i] = byte(i * 7 / 5)
	}
	var buf bytes.Buffer
	if err := stdjpeg.Encode(&buf, img, nil); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// newPool gives a pool that must be whole again when the test ends.
func newPool(t testing.TB) *pipeline.Pool {
	t.Helper()
	p := pipeline.NewPool()
	t.Cleanup(func() {
		if n := p.Outstanding(); n != 0 {
			t.Errorf("%d frames were not released", n)
		}
	})
	return p
}

// makeEncoder gives an encoder that is closed with the test.
func makeEncoder(t testing.TB, quality int, sub Subsampling) pipeline.Filter {
	t.Helper()
	spec := EncoderSpec()
	cfg := spec.Config().(*Config)
	cfg.Quality, cfg.Subsampling = quality, sub
	if err := cfg.Validate(); err != nil {
		t.Fatal(err)
	}
	return closing(t)(spec.NewFilter(cfg, pipeline.Env{}))
}

// makeDecoder gives a decoder to that layout, closed with the test.
func makeDecoder(t testing.TB, layout pipeline.Layout) pipeline.Filter {
	t.Helper()
	spec := DecoderSpec()
	env := pipeline.Env{Want: []pipeline.Format{{Codec: pipeline.CodecRaw, Layout: layout}}}
	return closing(t)(spec.NewFilter(spec.Config(), env))
}

func closing(t testing.TB) func(pipeline.Filter, error) pipeline.Filter {
	return func(filter pipeline.Filter, err error) pipeline.Filter {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := filter.Close(); err != nil {
				t.Error(err)
			}
		})
		return filter
	}
}

// apply runs a filter that must succeed, and releases what went in.
func apply(t testing.TB, filter pipeline.Filter, f *pipeline.Frame) *pipeline.Frame {
	t.Helper()
	defer f.Release()
	out, err := filter.Apply(context.Background(), f)
	if err != nil {
		t.Fatal(err)
	}
	if err := out.Format.Check(len(out.Data)); err != nil {
		t.Fatal(err)
	}
	return out
}

// psnr compares the picture in two frames of one layout, whatever their strides, in dB.
func psnr(t testing.TB, a, b *pipeline.Frame) float64 {
	t.Helper()
	if a.Format.Layout != b.Format.Layout || a.Format.Width != b.Format.Width || a.Format.Height != b.Format.Height {
		t.Fatalf("%s against %s", a.Format, b.Format)
	}
	var sum, n float64
	compare := func(pa, pb []byte, sa, sb, w, h int) {
		for y := range h {
			for x := range w {
				d := float64(pa[y*sa+x]) - float64(pb[y*sb+x])
				sum += d * d
				n++
			}
		}
	}
	w, h := a.Format.Width, a.Format.Height
	row := w
	if a.Format.Layout == pipeline.LayoutBGR {
		row = 3 * w
	}
	compare(a.Data, b.Data, a.Format.Stride, b.Format.Stride, row, h)
	if a.Format.Layout == pipeline.LayoutI420 {
		compare(a.Data[a.Format.Stride*h:], b.Data[b.Format.Stride*h:],
			a.Format.ChromaStride(), b.Format.ChromaStride(), (w+1)/2, 2*((h+1)/2))
	}
	if sum == 0 {
		return math.Inf(1)
	}
	return 10 * math.Log10(255*255*n/sum)
}
