package testpattern

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"framewire/codecs/pixel"
	"framewire/pipeline"
	"framewire/pipeline/config"
	"framewire/pipeline/pipelinetest"
	"framewire/sources/internal/pace"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestConformance(t *testing.T) {
	t.Run("photos", func(t *testing.T) {
		pipelinetest.Source(t, pipelinetest.SourceCase{
			Spec: Spec(),
			Configure: func(_ *testing.T, cfg any) {
				c := cfg.(*Config)
				c.Size, c.Every, c.Trigger.Key = config.Size{Width: 64, Height: 64}, 10*time.Millisecond, true
			},
		})
	})
	for _, frames := range []int{0, 30} {
		pipelinetest.Source(t, pipelinetest.SourceCase{
			Spec:   Spec(),
			Frames: frames,
			Configure: func(_ *testing.T, cfg any) {
				c := cfg.(*Config)
				c.Size, c.FPS, c.Frames = config.Size{Width: 320, Height: 180}, 500, frames
			},
		})
	}
}

// open gives an open source, closed with the test.
func open(t testing.TB, pool *pipeline.Pool, change func(*Config)) pipeline.Source {
	t.Helper()
	spec := Spec()
	cfg := spec.Config().(*Config)
	change(cfg)
	if err := cfg.Validate(); err != nil {
		t.Fatal(err)
	}
	s, err := spec.NewSource(cfg, pipeline.Env{Pool: pool})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Open(context.Background()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func read(t testing.TB, s pipeline.Source) *pipeline.Frame {
	t.Helper()
	f, err := s.Read(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func fast(width, height int) func(*Config) {
	return func(c *Config) { c.Size, c.Pace = config.Size{Width: width, Height: height}, pace.Fast }
}

// show paints a whole picture.
func show(p *painter, data []byte, n uint64, at time.Time) {
	p.paint(data, n)
	p.stamp(data, n, at)
}

// TestEverySize has no picture of an odd shape panic.
func TestEverySize(t *testing.T) {
	paint := func(width, height int) {
		for _, layout := range []pipeline.Layout{pipeline.LayoutBGR, pipeline.LayoutI420} {
			p := newPainter(layout, width, height)
			for _, n := range []uint64{0, 7, 1 << 40} {
				show(p, make([]byte, p.format.Bytes()), n, time.Unix(0, 0))
			}
		}
	}
	for width := 16; width < 80; width++ {
		for height := 16; height < 80; height += 3 {
			paint(width, height)
		}
	}
	paint(16, 5000)
	paint(5000, 16)
}

// TestLayoutsLookAlike compares what is painted in I420 with the converted BGR picture. Only chroma at the edges
// between colours may differ, where one sample stands for pixels of both.
func TestLayoutsLookAlike(t *testing.T) {
	for _, size := range [][2]int{{640, 360}, {641, 363}, {64, 64}, {17, 19}} {
		w, h := size[0], size[1]
		bgr, i420 := newPainter(pipeline.LayoutBGR, w, h), newPainter(pipeline.LayoutI420, w, h)
		for _, n := range []uint64{0, 5, 77} {
			from, got, want := make([]byte, bgr.format.Bytes()), make([]byte, i420.format.Bytes()), make([]byte, i420.format.Bytes())
			show(bgr, from, n, time.Unix(1e9, 0))
			show(i420, got, n, time.Unix(1e9, 0))
			pixel.Convert(want, pipeline.LayoutI420, from, bgr.format)
			if !bytes.Equal(got[:w*h], want[:w*h]) {
				t.Errorf("picture %d of %dx%d: luma differs", n, w, h)
			}
			differ := 0
			for i := w * h; i < len(got); i++ {
				if max(got[i], want[i])-min(got[i], want[i]) > 1 {
					differ++
				}
			}
			if most := 12*h + 12*w; differ > most {
				t.Errorf("picture %d of %dx%d: %d samples of chroma differ, at edges there are at most %d", n, w, h, differ, most)
			}
		}
	}
}

// TestRepaintingLeavesNothingBehind compares pictures that were painted over others with the same ones on clean
// ground.
func TestRepaintingLeavesNothingBehind(t *testing.T) {
	for _, size := range [][2]int{{640, 360}, {641, 363}, {64, 64}, {17, 19}, {300, 40}} {
		for _, layout := range []pipeline.Layout{pipeline.LayoutBGR, pipeline.LayoutI420} {
			p := newPainter(layout, size[0], size[1])
			over, clean := make([]byte, p.format.Bytes()), make([]byte, p.format.Bytes())
			show(p, over, 0, time.Unix(1e9, 0))
			before := uint64(0)
			for _, n := range []uint64{1, 2, 40, 41, 999_999, 1_000_000, 12_345_678, 3, 1 << 50} {
				at := time.Unix(1e9, int64(n)*1e6)
				p.repaint(over, before, n)
				p.stamp(over, n, at)
				show(p, clean, n, at)
				if !bytes.Equal(over, clean) {
					t.Errorf("%s %v: picture %d over picture %d is not as it should be", layout, size, n, before)
				}
				before = n
			}
		}
	}
}

// TestBuffersGoRound has pictures painted into buffers that come back, and held ones left alone.
func TestBuffersGoRound(t *testing.T) {
	pool := pipeline.NewPool()
	e, clean := newEasel(pipeline.LayoutBGR, 320, 180), newPainter(pipeline.LayoutBGR, 320, 180)
	want := make([]byte, clean.format.Bytes())
	now := func() time.Time { return time.Unix(1e9, 0) }
	check := func(f *pipeline.Frame, n uint64) {
		t.Helper()
		if show(clean, want, n, time.Unix(1e9, 0)); !bytes.Equal(f.Data, want) {
			t.Errorf("picture %d is not as it should be", n)
		}
	}
	held := e.picture(pool, 0, now)
	for n := range uint64(20) {
		f := e.picture(pool, n+1, now)
		check(f, n+1)
		f.Release()
	}
	check(held, 0)
	held.Release()
	if n := pool.Outstanding() + e.own.Outstanding(); n != 0 {
		t.Errorf("%d frames were not released", n)
	}
}

func TestGivesTheLayoutThatTheChainAsksFor(t *testing.T) {
	raw := func(l pipeline.Layout) pipeline.Format { return pipeline.Format{Codec: pipeline.CodecRaw, Layout: l} }
	for _, c := range []struct {
		want  []pipeline.Format
		gives pipeline.Layout
	}{
		{nil, pipeline.LayoutBGR},
		{[]pipeline.Format{pipeline.AnyRaw}, pipeline.LayoutBGR},
		{[]pipeline.Format{pipeline.AnyJPEG, raw(pipeline.LayoutI420), pipeline.AnyRaw}, pipeline.LayoutI420},
		{[]pipeline.Format{raw(pipeline.LayoutBGR), raw(pipeline.LayoutI420)}, pipeline.LayoutBGR},
	} {
		spec := Spec()
		s, err := spec.NewSource(spec.Config(), pipeline.Env{Pool: pipeline.NewPool(), Want: c.want})
		if err != nil {
			t.Fatal(err)
		}
		if got := s.(*source).layout; got != c.gives {
			t.Errorf("asked for %v: %s, want %s", c.want, got, c.gives)
		}
	}
}

// TestLooks pins what a person sees: the bars' colours, motion, and figures that change.
func TestLooks(t *testing.T) {
	const w, h = 640, 360
	p := newPainter(pipeline.LayoutBGR, w, h)
	a, b := make([]byte, 3*w*h), make([]byte, 3*w*h)
	show(p, a, 1, time.Unix(0, 0))
	show(p, b, 2, time.Unix(0, 0))
	for i, want := range bars {
		at := 3 * (h/4*w + i*w/8 + w/16)
		if got := [3]byte(a[at : at+3]); got != want {
			t.Errorf("bar %d is %v, want %v", i, got, want)
		}
	}
	differ := func(from, to int) bool {
		return string(a[3*w*from:3*w*to]) != string(b[3*w*from:3*w*to])
	}
	for what, rows := range map[string][2]int{"marker": {0, 16}, "number": {h * 3 / 8, h * 5 / 8}, "square": {h*3/4 - 45, h * 3 / 4}} {
		if !differ(rows[0], rows[1]) {
			t.Errorf("the %s does not change", what)
		}
	}
	if differ(h*3/4, h) {
		t.Error("the time changes though it is the same")
	}
}

func TestFiguresFit(t *testing.T) {
	for n, want := range map[uint64]string{0: "000000", 7: "000007", 99999: "099999", 100000: "100000", 12345678: "12345678"} {
		if got := string(appendNumber(nil, n)); got != want || digits(n) != len(want) {
			t.Errorf("%d is written %s, with %d digits", n, got, digits(n))
		}
	}
	f := newFace(2, 3)
	pix := make([]byte, 3*100*40)
	f.write(canvas{pix: pix, stride: 300, samples: 3}, 100, 5, []byte("01234567")) // 112 pixels wide
	for _, v := range pix {
		if v != 0 {
			t.Fatal("a text that is too wide is written all the same")
		}
	}
}

func TestEndAndPTS(t *testing.T) {
	pool := pipeline.NewPool()
	s := open(t, pool, func(c *Config) { fast(16, 16)(c); c.Frames, c.FPS = 4, 29.97 })
	for n := range 4 {
		f := read(t, s)
		want := time.Duration(int64(n) * 1_000_000_000_000 / 29970)
		if f.PTS != want || !f.Lossless || !f.Key || f.Captured.IsZero() {
			t.Errorf("frame %d: %s, want %s, lossless %v", n, f.PTS, want, f.Lossless)
		}
		f.Release()
	}
	for range 2 {
		if _, err := s.Read(t.Context()); !errors.Is(err, pipeline.ErrEnd) {
			t.Errorf("%v, want the end", err)
		}
	}
}

func TestRate(t *testing.T) {
	for _, c := range []struct {
		fps  float64
		n    uint64
		want time.Duration
	}{
		{30, 3, 100 * time.Millisecond},
		{25, 25 * 3600 * 24, 24 * time.Hour},
		{29.97, 2997 * 1000, 100_000 * time.Second},
		{0.001, 1, 1000 * time.Second},
		{0.001, 1 << 62, 1<<63 - 1},
	} {
		if got := rateOf(c.fps).at(c.n); got != c.want {
			t.Errorf("frame %d at %v: %s, want %s", c.n, c.fps, got, c.want)
		}
	}
}

// TestRealtime runs on a clock of its own, so the moments are exact.
func TestRealtime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pool := pipeline.NewPool()
		s := open(t, pool, func(c *Config) { c.Size, c.FPS = config.Size{Width: 16, Height: 16}, 10 })
		start := time.Now()
		expect := func(n int, at time.Duration) {
			t.Helper()
			f := read(t, s)
			if f.PTS != time.Duration(n)*100*time.Millisecond || f.Captured.Sub(start) != at || f.Lossless {
				t.Errorf("frame at %s, PTS %s; want frame %d at %s", f.Captured.Sub(start), f.PTS, n, at)
			}
			f.Release()
		}
		elapse := func(d time.Duration) { <-time.After(d) }
		expect(0, 0)
		expect(1, 100*time.Millisecond)
		elapse(170 * time.Millisecond) // late by less than a frame: the rate catches up
		expect(2, 270*time.Millisecond)
		expect(3, 300*time.Millisecond)
		elapse(time.Second) // a stall: the next comes at once, the ones after at the usual distance
		expect(4, 1300*time.Millisecond)
		expect(5, 1400*time.Millisecond)

		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(30*time.Millisecond, cancel)
		if _, err := s.Read(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("a cancelled read: %v", err)
		}
		expect(6, 1500*time.Millisecond)
	})
}

func TestValidate(t *testing.T) {
	cfg := defaults()
	cfg.Size, cfg.FPS, cfg.Frames = config.Size{Width: 15, Height: 16}, 0, -1
	want := "size: \"15x16\" is smaller than 16x16\nfps: 0 is not between 0.001 and 1000\nframes: -1 is below zero (0 means endless)"
	if err := cfg.Validate(); err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}

func BenchmarkRead(b *testing.B) {
	for _, size := range [][2]int{{1280, 720}, {1920, 1080}} {
		b.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(b *testing.B) {
			s := open(b, pipeline.NewPool(), fast(size[0], size[1]))
			b.ReportAllocs()
			for b.Loop() {
				read(b, s).Release()
			}
		})
	}
}
