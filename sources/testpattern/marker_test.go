package testpattern

import (
	"errors"
	"testing"
	"time"

	"framewire/codecs/jpeg"
	"framewire/codecs/raw"
	"framewire/pipeline"
)

// TestMarker reads the marker back from each layout, straight and after JPEG at quality 30.
func TestMarker(t *testing.T) {
	pool := pipeline.NewPool()
	for _, size := range [][2]int{{64, 64}, {65, 67}, {64, 300}, {130, 70}, {160, 120}, {320, 240}, {641, 479}, {1280, 720}, {1920, 1080}, {2100, 100}} {
		s := open(t, pool, fast(size[0], size[1]))
		for n := range uint64(3) {
			f := read(t, s)
			check := func(what string, f *pipeline.Frame) {
				for _, layout := range []pipeline.Layout{pipeline.LayoutBGR, pipeline.LayoutGray, pipeline.LayoutI420} {
					other := convert(t, raw.DecoderSpec(), layout, f)
					m, err := ReadMarker(other)
					if err != nil || m.Seq != n || !m.Captured.Equal(f.Captured) {
						t.Errorf("%v %s %s: %+v, %v; want %d, %s", size, what, layout, m, err, n, f.Captured)
					}
					other.Release()
				}
			}
			check("raw", f)
			small := encode(t, 30, f)
			back := convert(t, jpeg.DecoderSpec(), pipeline.LayoutBGR, small)
			check("jpeg", back)
			for _, f := range []*pipeline.Frame{f, small, back} {
				f.Release()
			}
		}
	}
	if n := pool.Outstanding(); n != 0 {
		t.Errorf("%d frames were not released", n)
	}
}

func encode(t *testing.T, quality int, f *pipeline.Frame) *pipeline.Frame {
	t.Helper()
	spec := jpeg.EncoderSpec()
	cfg := spec.Config().(*jpeg.Config)
	cfg.Quality = quality
	filter, err := spec.NewFilter(cfg, pipeline.Env{})
	return apply(t, filter, err, f)
}

func convert(t *testing.T, spec pipeline.Spec, layout pipeline.Layout, f *pipeline.Frame) *pipeline.Frame {
	t.Helper()
	env := pipeline.Env{Want: []pipeline.Format{{Codec: pipeline.CodecRaw, Layout: layout}}}
	filter, err := spec.NewFilter(spec.Config(), env)
	return apply(t, filter, err, f)
}

func apply(t *testing.T, filter pipeline.Filter, err error, f *pipeline.Frame) *pipeline.Frame {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer filter.Close()
	out, err := filter.Apply(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestMarkerThatIsNotThere(t *testing.T) {
	pool := pipeline.NewPool()
	f := read(t, open(t, pool, fast(320, 240)))
	defer f.Release()
	gray := convert(t, raw.DecoderSpec(), pipeline.LayoutGray, f)
	defer gray.Release()
	g, _ := gridOf(320, 240)
	bit := 20 // in the number
	for y := range g.cell {
		for x := range g.cell {
			p := &gray.Data[y*320+bit*g.cell+x]
			*p = 255 - *p
		}
	}
	if _, err := ReadMarker(gray); !errors.Is(err, ErrDamagedMarker) {
		t.Errorf("a flipped bit: %v", err)
	}
	clear(gray.Data)
	if _, err := ReadMarker(gray); !errors.Is(err, ErrNoMarker) {
		t.Errorf("a black picture: %v", err)
	}
	small := read(t, open(t, pool, fast(63, 64)))
	defer small.Release()
	if _, err := ReadMarker(small); !errors.Is(err, ErrNoMarker) {
		t.Errorf("a small picture: %v", err)
	}
	small.Format.Width = 9999
	if _, err := ReadMarker(small); err == nil {
		t.Error("a format that does not fit its data is accepted")
	}
	small.Format = pipeline.JPEG(64, 64)
	if _, err := ReadMarker(small); err == nil || err.Error() != "a marker is read from pixels, the frame is jpeg 64x64" {
		t.Error(err)
	}
}

func TestNumberTakesItsLow32Bits(t *testing.T) {
	pool := pipeline.NewPool()
	f := pool.Get(3 * 64 * 64)
	defer f.Release()
	f.Format = pipeline.Raw(pipeline.LayoutBGR, 64, 64)
	show(newPainter(pipeline.LayoutBGR, 64, 64), f.Data, 1<<32+5, time.Unix(0, 1))
	if m, err := ReadMarker(f); err != nil || m.Seq != 5 || m.Captured.UnixNano() != 1 {
		t.Errorf("%+v, %v", m, err)
	}
}

func FuzzReadMarker(f *testing.F) {
	p := newPainter(pipeline.LayoutBGR, 64, 64)
	pix := make([]byte, 3*64*64)
	show(p, pix, 3, time.Unix(5, 0))
	f.Add(pix, 64, 64, uint8(1), 192)
	f.Add(pix[:64*64], 64, 64, uint8(2), 64)
	f.Add(pix[:64*96], 64, 64, uint8(3), 64)
	f.Fuzz(func(t *testing.T, data []byte, width, height int, layout uint8, stride int) {
		frame := &pipeline.Frame{Data: data, Format: pipeline.Format{
			Codec: pipeline.CodecRaw, Width: width, Height: height, Layout: pipeline.Layout(layout), Stride: stride,
		}}
		if m, err := ReadMarker(frame); err == nil && m.Seq > 1<<32-1 {
			t.Errorf("%+v", m)
		}
	})
}

func BenchmarkReadMarker(b *testing.B) {
	f := read(b, open(b, pipeline.NewPool(), fast(1920, 1080)))
	defer f.Release()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ReadMarker(f); err != nil {
			b.Fatal(err)
		}
	}
}
