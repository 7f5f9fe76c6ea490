package unchanged

import (
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"framewire/codecs/jpeg"
	"framewire/codecs/pixel"
	"framewire/pipeline"
	"framewire/pipeline/pipelinetest"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestConformance(t *testing.T) {
	for name, threshold := range map[string]float64{"bytes": 0, "threshold": 2} {
		t.Run(name, func(t *testing.T) {
			pipelinetest.Filter(t, pipelinetest.FilterCase{
				Spec:      Spec(),
				Configure: func(_ *testing.T, cfg any) { cfg.(*Config).Threshold = threshold },
			})
		})
	}
}

func TestValidate(t *testing.T) {
	for _, tt := range []struct {
		cfg  Config
		want string
	}{
		{Config{100, 0}, ""},
		{Config{-1, -time.Second}, "threshold: -1 is not a percentage from 0 to 100\nat_most: -1s is below zero"},
		{Config{100.5, 0}, "threshold: 100.5 is not a percentage from 0 to 100"},
	} {
		got := ""
		if err := tt.cfg.Validate(); err != nil {
			got = err.Error()
		}
		if got != tt.want {
			t.Errorf("%+v: %q, want %q", tt.cfg, got, tt.want)
		}
	}
}

// watcher is a filter in a test.
type watcher struct {
	t      *testing.T
	pool   *pipeline.Pool
	filter pipeline.Filter
}

func newWatcher(t *testing.T, cfg Config) *watcher {
	t.Helper()
	w := &watcher{t: t, pool: pipeline.NewPool()}
	filter, err := Spec().NewFilter(&cfg, pipelinetest.Env(t, w.pool))
	if err != nil {
		t.Fatal(err)
	}
	w.filter = filter
	t.Cleanup(func() {
		if err := filter.Close(); err != nil {
			t.Error(err)
		}
		if n := w.pool.Outstanding(); n != 0 {
			t.Errorf("%d frames were not released", n)
		}
	})
	return w
}

// passes puts a frame in, releases it, and reports whether it came out.
func (w *watcher) passes(f *pipeline.Frame) bool {
	w.t.Helper()
	defer f.Release()
	out, err := w.filter.Apply(w.t.Context(), f)
	switch {
	case err == nil && out != f:
		w.t.Fatal("another frame came out")
	case err == nil:
		out.Release()
	case err != pipeline.ErrSkip: // words would be told and counted
		w.t.Fatal(err)
	}
	return err == nil
}

// gray gives a picture of that brightness everywhere.
func (w *watcher) gray(level byte) *pipeline.Frame {
	f := w.pool.Get(100 * 50)
	f.Format = pipeline.Raw(pipeline.LayoutGray, 100, 50)
	for i := range f.Data {
		f.Data[i] = level
	}
	return f
}

// file gives a file with that text.
func (w *watcher) file(text string) *pipeline.Frame {
	f := w.pool.Get(len(text))
	f.Format = pipeline.AnyFile
	copy(f.Data, text)
	return f
}

func (w *watcher) want(passes bool, what string, f *pipeline.Frame) {
	w.t.Helper()
	if w.passes(f) != passes {
		w.t.Errorf("%s: passes is %v", what, !passes)
	}
}

func TestBytes(t *testing.T) {
	w := newWatcher(t, Config{})
	w.want(true, "the first", w.file("a"))
	w.want(false, "the same", w.file("a"))
	w.want(true, "another", w.file("b"))
	w.want(true, "the first again", w.file("a"))
	w.want(true, "a longer one", w.file("aa"))
	w.want(true, "no bytes", w.file(""))
	w.want(false, "no bytes again", w.file(""))
	w.want(true, "a picture", w.gray(7))
	w.want(false, "the picture again", w.gray(7))
	other := w.gray(7)
	other.Format.Width, other.Format.Height, other.Format.Stride = 50, 100, 50
	w.want(true, "the same bytes in another shape", other)
	turned := w.gray(7)
	turned.Format.Width, turned.Format.Height, turned.Format.Stride = 50, 100, 50
	turned.Meta.Rotation = 90
	w.want(true, "the same bytes turned", turned)
}

func TestAtMost(t *testing.T) {
	at := func(w *watcher, pts time.Duration) *pipeline.Frame {
		f := w.file("a")
		f.PTS = pts
		return f
	}
	w := newWatcher(t, Config{AtMost: 2 * time.Second})
	w.want(true, "the first", at(w, 0))
	w.want(false, "before its time", at(w, 1999*time.Millisecond))
	w.want(true, "when it is time", at(w, 2*time.Second))
	w.want(false, "two seconds from the first, not from the last", at(w, 3*time.Second))
	w.want(true, "a clip that begins anew", at(w, time.Second))
	f := at(w, time.Second)
	f.Stream = pipeline.StreamID{1}
	w.want(true, "another stream", f)

	w = newWatcher(t, Config{})
	w.want(true, "the first", at(w, 0))
	w.want(false, "after a year", at(w, 365*24*time.Hour))
}

func TestThreshold(t *testing.T) {
	w := newWatcher(t, Config{Threshold: 2}) // 5.1 levels
	w.want(true, "the first", w.gray(100))
	w.want(false, "a little brighter", w.gray(105))
	w.want(false, "a little darker", w.gray(95))
	w.want(true, "brighter", w.gray(106))
	w.want(false, "what is near the last", w.gray(110))
	w.want(true, "what has changed slowly", w.gray(112))

	f := w.gray(112)
	for y := 40; y < 48; y++ {
		for x := 90; x < 98; x++ {
			f.Data[y*100+x] = 0
		}
	}
	w.want(true, "something small at the edge", f)
	f = w.gray(112)
	for y := 40; y < 48; y++ {
		for x := 90; x < 98; x++ {
			f.Data[y*100+x] = 0
		}
	}
	f.Data[3] ^= 1
	w.want(false, "the same with another bit", f)
	w.want(true, "the picture without it", w.gray(112))
	w.want(true, "a file", w.file("a"))
	w.want(true, "the picture from before the file", w.gray(112))

	random := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		f := w.gray(112)
		for i := range f.Data {
			f.Data[i] += byte(max(-20, min(20, 5*random.NormFloat64())))
		}
		w.want(false, "a camera's noise", f)
	}
}

// TestThresholdInEveryLayout compares across layouts: brightness is the same.
func TestThresholdInEveryLayout(t *testing.T) {
	w := newWatcher(t, Config{Threshold: 2})
	w.want(true, "the first", w.gray(100))
	for _, layout := range []pipeline.Layout{pipeline.LayoutBGR, pipeline.LayoutI420, pipeline.LayoutGray} {
		for level, passes := range map[byte]bool{101: false, 103: false} {
			f := w.gray(level)
			other, err := pixel.ToLayout(f, layout)
			f.Release()
			if err != nil {
				t.Fatal(err)
			}
			w.want(passes, layout.String(), other)
		}
	}
	f := w.gray(120)
	bgr, err := pixel.ToLayout(f, pipeline.LayoutBGR)
	f.Release()
	if err != nil {
		t.Fatal(err)
	}
	w.want(true, "brighter BGR", bgr)
}

// TestJPEG: the same picture at another quality has other bytes and shows nothing new; the JPEG that passes is the one that came.
func TestJPEG(t *testing.T) {
	w := newWatcher(t, Config{Threshold: 2})
	w.want(true, "the first", w.jpeg(95, 0))
	w.want(false, "another quality", w.jpeg(85, 0))
	w.want(true, "another picture", w.jpeg(85, 40))

	f := w.file("no JPEG")
	defer f.Release()
	f.Format = pipeline.JPEG(100, 50)
	_, err := w.filter.Apply(t.Context(), f)
	if !errors.Is(err, pipeline.ErrSkip) || err == pipeline.ErrSkip {
		t.Errorf("what cannot be decoded: %v", err)
	}
}

// jpeg gives a smooth picture, brighter by so many levels, as a JPEG.
func (w *watcher) jpeg(quality int, brighter byte) *pipeline.Frame {
	w.t.Helper()
	f := w.gray(0)
	defer f.Release()
	for i := range f.Data {
		f.Data[i] = byte(i%100+i/100) + brighter
	}
	spec := jpeg.EncoderSpec()
	cfg := spec.Config().(*jpeg.Config)
	cfg.Quality = quality
	encoder, err := spec.NewFilter(cfg, pipelinetest.Env(w.t, w.pool))
	if err != nil {
		w.t.Fatal(err)
	}
	out, err := encoder.Apply(w.t.Context(), f)
	if err != nil {
		w.t.Fatal(err)
	}
	if err := encoder.Close(); err != nil {
		w.t.Error(err)
	}
	return out
}

// The pictures are 1080p; every second one differs in its last byte, or in its last part.
func BenchmarkUnchanged(b *testing.B) {
	pool := pipeline.NewPool()
	for _, format := range []pipeline.Format{
		pipeline.JPEG(1920, 1080), pipeline.Raw(pipeline.LayoutBGR, 1920, 1080), pipeline.Raw(pipeline.LayoutI420, 1920, 1080),
	} {
		for name, threshold := range map[string]float64{"bytes": 0, "threshold": 2} {
			b.Run(format.String()+" "+name, func(b *testing.B) {
				frames := pipelinetest.Frames(pool, format, 2)
				filter, err := Spec().NewFilter(&Config{Threshold: threshold}, pipelinetest.Env(b, pool))
				if err != nil {
					b.Fatal(err)
				}
				b.ReportAllocs()
				for i := 0; b.Loop(); i++ {
					out, err := filter.Apply(b.Context(), frames[i%2])
					if err == nil {
						out.Release()
					} else if err != pipeline.ErrSkip {
						b.Fatal(err)
					}
				}
				for _, f := range frames {
					f.Release()
				}
				if err := filter.Close(); err != nil {
					b.Error(err)
				}
			})
		}
	}
}
