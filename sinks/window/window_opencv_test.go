//go:build opencv && linux

package window

import (
	"errors"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"gocv.io/x/gocv"

	"framewire/pipeline"
	"framewire/pipeline/config"
	"framewire/pipeline/pipelinetest"
)

var (
	red   = color.RGBA{R: 255, A: 255}
	green = color.RGBA{G: 255, A: 255}
	blue  = color.RGBA{B: 255, A: 255}
)

func TestConformance(t *testing.T) {
	needDisplay(t)
	pipelinetest.Sink(t, pipelinetest.SinkCase{Spec: Spec(), Main: loop, Configure: func(t *testing.T, cfg any) {
		cfg.(*Config).Snapshots = t.TempDir()
	}})
}

// shown is an open window.
type shown struct {
	pipeline.Sink
	t     *testing.T
	pool  *pipeline.Pool
	keys  *pipeline.Control
	title string
	ended atomic.Bool
	seq   uint64
}

func show(t *testing.T, spec pipeline.Spec, cfg Config) *shown {
	t.Helper()
	needDisplay(t)
	w := &shown{t: t, pool: pipeline.NewPool()}
	env := pipelinetest.Env(t, w.pool)
	env.Pipeline = strings.ReplaceAll(t.Name(), "/", " ")
	env.Main = loop
	env.End = func() { w.ended.Store(true) }
	w.keys = env.Control
	if cfg.Snapshots == "" {
		cfg.Snapshots = t.TempDir()
	}
	if w.title = cfg.Title; w.title == "" {
		w.title = "framewire: " + env.Pipeline
	}
	s, err := spec.NewSink(&cfg, env)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.Sink = s
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
		if n := w.pool.Outstanding(); n != 0 {
			t.Errorf("%d frames are still held", n)
		}
	})
	return w
}

// bars is a frame with a red, a green and a blue third.
func (w *shown) bars(width, height, rotation int) *pipeline.Frame {
	format := pipeline.Raw(pipeline.LayoutBGR, width, height)
	f := w.pool.Get(format.Bytes())
	f.Format, f.Captured, f.Seq, f.Meta.Rotation = format, time.Now(), w.seq, rotation
	w.seq++
	clear(f.Data)
	for i := 0; i < len(f.Data); i += 3 {
		f.Data[i+2-3*(i/3%width)/width] = 255 // red first, blue last
	}
	return f
}

func (w *shown) write(f *pipeline.Frame) error {
	defer f.Release()
	return w.Write(w.t.Context(), f)
}

func (w *shown) mustShow(f *pipeline.Frame) {
	w.t.Helper()
	if err := w.write(f); err != nil {
		w.t.Fatal(err)
	}
}

// waitFor photographs the screen until it has the colour, and gives where.
func (w *shown) waitFor(what color.RGBA, is func(image.Rectangle) bool) (at image.Rectangle) {
	w.t.Helper()
	until(w.t, "the colour on the screen as wanted", func() bool {
		at = area(screenshot(w.t), what)
		return is(at)
	})
	return at
}

func present(r image.Rectangle) bool { return !r.Empty() }

func TestShowsColours(t *testing.T) {
	w := show(t, Spec(), Config{})
	w.mustShow(w.bars(600, 300, 0))
	w.waitFor(red, func(r image.Rectangle) bool { return r.Dx() == 200 && r.Dy() == 300 })
	img := screenshot(t)
	left, mid, right := area(img, red), area(img, green), area(img, blue)
	if left.Max.X > mid.Min.X || mid.Max.X > right.Min.X || mid.Dx() != 200 || right.Dx() != 200 {
		t.Errorf("red, green and blue are at %v, %v and %v, wants them side by side, 200 wide", left, mid, right)
	}
}

func TestHonoursRotation(t *testing.T) {
	w := show(t, Spec(), Config{})
	w.mustShow(w.bars(600, 300, 90))
	w.waitFor(red, func(r image.Rectangle) bool { return r.Dx() == 300 && r.Dy() == 200 })
	img := screenshot(t)
	if top, bottom := area(img, red), area(img, blue); top.Max.Y > bottom.Min.Y {
		t.Errorf("red is at %v and blue at %v, wants red above", top, bottom)
	}
}

func TestKeepsAspect(t *testing.T) {
	w := show(t, Spec(), Config{})
	w.mustShow(w.bars(600, 300, 0))
	w.waitFor(red, present)
	command(t, "xdotool", "windowsize", windowID(t, w.title), "300", "600")
	r := w.waitFor(red, func(r image.Rectangle) bool { return r.Dx() > 90 && r.Dx() < 110 })
	if r.Dy() < 140 || r.Dy() > 160 {
		t.Errorf("in a window of 300x600 the red third is %v, wants 100x150", r)
	}
}

func TestLargePictureFitsScreen(t *testing.T) {
	w := show(t, Spec(), Config{})
	w.mustShow(w.bars(3840, 2160, 0))
	w.waitFor(blue, func(r image.Rectangle) bool { return r.Dx() > 280 && r.Max.X <= 1024 && r.Max.Y <= 768 })
}

func TestSizeIsHonoured(t *testing.T) {
	w := show(t, Spec(), Config{Size: config.Size{Width: 300, Height: 150}})
	w.mustShow(w.bars(600, 300, 0))
	w.waitFor(red, func(r image.Rectangle) bool { return r.Dx() == 100 && r.Dy() == 150 })
}

func TestKeysEnd(t *testing.T) {
	for _, key := range []string{"q", "Escape"} {
		t.Run(key, func(t *testing.T) {
			w := show(t, Spec(), Config{})
			w.mustShow(w.bars(64, 48, 0))
			press(t, w.title, key)
			until(t, "the end", w.ended.Load)
			if err := w.write(w.bars(64, 48, 0)); !errors.Is(err, pipeline.ErrEnd) {
				t.Errorf("Write after the key gives %v, wants the end", err)
			}
		})
	}
}

func TestClosingTheWindowEnds(t *testing.T) {
	w := show(t, Spec(), Config{}) // before any frame came
	deleteWindow(t, windowID(t, w.title))
	until(t, "the end", w.ended.Load)
	if err := w.write(w.bars(64, 48, 0)); !errors.Is(err, pipeline.ErrEnd) {
		t.Errorf("Write gives %v, wants the end", err)
	}
}

func TestPause(t *testing.T) {
	w := show(t, Spec(), Config{})
	w.mustShow(w.bars(600, 300, 0))
	press(t, w.title, "space")
	until(t, "a pause", func() bool {
		return errors.Is(w.write(w.bars(600, 300, 180)), pipeline.ErrSkip)
	})
	press(t, w.title, "space")
	until(t, "no pause", func() bool { return w.write(w.bars(600, 300, 180)) == nil })
	w.waitFor(red, func(r image.Rectangle) bool { return r.Min.X >= 400 })
}

// While a source listens, keys are for it, and the window goes on to show what comes.
func TestKeysGoToTheSource(t *testing.T) {
	w := show(t, Spec(), Config{})
	w.mustShow(w.bars(64, 48, 0))
	commands, stop := w.keys.Listen(pipeline.ActionPause, pipeline.ActionStep, pipeline.ActionSpeed, pipeline.ActionSeek)
	for _, c := range []struct {
		key  string
		want pipeline.Command
	}{
		{"space", pipeline.Command{Action: pipeline.ActionPause, From: "key"}},
		{"period", pipeline.Command{Action: pipeline.ActionStep, From: "key"}},
		{"plus", pipeline.Command{Action: pipeline.ActionSpeed, Value: 2, From: "key"}},
		{"minus", pipeline.Command{Action: pipeline.ActionSpeed, Value: 0.5, From: "key"}},
		{"Left", pipeline.Command{Action: pipeline.ActionSeek, Value: -10, From: "key"}},
		{"Right", pipeline.Command{Action: pipeline.ActionSeek, Value: 10, From: "key"}},
	} {
		press(t, w.title, c.key)
		select {
		case got := <-commands:
			if got != c.want {
				t.Errorf("%s: %+v, want %+v", c.key, got, c.want)
			}
		case <-time.After(patience):
			t.Fatalf("%s: no command", c.key)
		}
		w.mustShow(w.bars(64, 48, 0))
	}
	stop()
	press(t, w.title, "Left") // means nothing, and is no Q
	press(t, w.title, "space")
	until(t, "a pause of the window", func() bool { return errors.Is(w.write(w.bars(64, 48, 0)), pipeline.ErrSkip) })
	if w.ended.Load() {
		t.Error("an arrow key ended it")
	}
}

func TestSnapshot(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "made", "here")
	w := show(t, Spec(), Config{Snapshots: dir})
	w.mustShow(w.bars(60, 30, 90))
	for range 2 { // the second finds the same picture saved
		press(t, w.title, "s")
		var files []string
		until(t, "a saved picture", func() bool {
			files, _ = filepath.Glob(filepath.Join(dir, "*.png"))
			return len(files) > 0
		})
		f, err := os.Open(files[0])
		if err != nil {
			t.Fatal(err)
		}
		img, err := png.Decode(f)
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		if len(files) != 1 || img.Bounds().Dx() != 30 || !near(img.At(0, 0), red) || !near(img.At(0, 59), blue) {
			t.Errorf("files are %v, the picture is %v", files, img.Bounds())
		}
	}
}

func TestOverlay(t *testing.T) {
	w := show(t, Spec(), Config{})
	white := color.RGBA{R: 255, G: 255, B: 255, A: 255}
	f := w.bars(600, 300, 0)
	before := append([]byte(nil), f.Data...)
	if err := w.Write(t.Context(), f.Retain()); err != nil {
		t.Fatal(err)
	}
	f.Release()
	w.waitFor(red, present)
	press(t, w.title, "i")
	w.waitFor(white, func(r image.Rectangle) bool { return r.Dx() > 100 && r.Dy() < 60 && r.Min.Y > 200 })
	if string(f.Data) != string(before) {
		t.Errorf("the overlay was drawn into the frame")
	}
	f.Release()
	press(t, w.title, "i")
	w.waitFor(white, func(r image.Rectangle) bool { return r.Empty() })
}

// TestTwoWindows opens two of one title; a key goes to the one with the pointer in it.
func TestTwoWindows(t *testing.T) {
	spec := Spec()
	a := show(t, spec, Config{Title: "same"})
	b := show(t, spec, Config{Title: "same"})
	a.mustShow(a.bars(300, 200, 0))
	b.mustShow(b.bars(300, 200, 0))
	var ids []string
	until(t, "two windows", func() bool {
		ids = strings.Fields(windowID(t, "same"))
		return len(ids) == 2
	})
	command(t, "xdotool", "windowmove", ids[1], "500", "400")
	command(t, "xdotool", "mousemove", "--window", ids[0], "100", "100", "mousemove", "--window", ids[0], "120", "110")
	hub := a.Sink.(*sink).hub
	until(t, "the pointer noticed", func() bool {
		return hub.target() == a.Sink.(*sink) || hub.target() == b.Sink.(*sink) && hubPointed(hub)
	})
	first, other := a, b
	if hub.target() == b.Sink.(*sink) {
		first, other = b, a
	}
	command(t, "xdotool", "key", "--window", ids[0], "q")
	until(t, "the end of the window with the pointer", first.ended.Load)
	if other.ended.Load() {
		t.Errorf("the key ended the other window too")
	}
	if err := other.write(other.bars(300, 200, 0)); err != nil {
		t.Errorf("the other window takes no frame: %v", err)
	}
}

func hubPointed(h *hub) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.pointed != nil
}

func TestNoFirstThread(t *testing.T) {
	s, err := Spec().NewSink(&Config{Snapshots: "."}, pipelinetest.Env(t, pipeline.NewPool()))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Open(t.Context()); err == nil || !strings.Contains(err.Error(), "first thread") {
		t.Errorf("Open gives %v, wants an error that names the first thread", err)
	}
}

func BenchmarkWrite1080p(b *testing.B) {
	needDisplay(b)
	env := pipelinetest.Env(b, pipeline.NewPool())
	env.Main = loop
	s, err := Spec().NewSink(&Config{Snapshots: "."}, env)
	if err != nil {
		b.Fatal(err)
	}
	if err := s.Open(b.Context()); err != nil {
		b.Fatal(err)
	}
	f := pipelinetest.Frame(env.Pool, pipeline.Raw(pipeline.LayoutBGR, 1920, 1080), 0)
	b.ReportAllocs()
	for b.Loop() {
		if err := s.Write(b.Context(), f); err != nil {
			b.Fatal(err)
		}
	}
	f.Release()
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
}

// TestFullscreen asks highgui, because without a window manager nobody grants the whole screen.
func TestFullscreen(t *testing.T) {
	w := show(t, Spec(), Config{Fullscreen: true})
	is := func(want float64) func() bool {
		return func() (ok bool) {
			s := w.Sink.(*sink)
			s.mu.Lock()
			defer s.mu.Unlock()
			err := loop.Do(t.Context(), func() {
				ok = s.gui.win.GetWindowProperty(gocv.WindowPropertyFullscreen) == want
			})
			return err == nil && ok
		}
	}
	until(t, "the whole screen", is(1))
	press(t, w.title, "f")
	until(t, "a window again", is(0))
	press(t, w.title, "f")
	until(t, "the whole screen again", is(1))
}

// TestOverlayOfAShrunkPicture is about text that the window would else show too small to read.
func TestOverlayOfAShrunkPicture(t *testing.T) {
	s := &sink{screen: image.Pt(1024, 768)}
	for _, c := range []struct {
		size       image.Point
		fullscreen bool
		scale      float64 // on the screen, at least
	}{
		{image.Pt(320, 240), false, 0.6}, {image.Pt(1280, 720), false, 0.6}, {image.Pt(1920, 1080), false, 0.6},
		{image.Pt(720, 1280), false, 0.6}, {image.Pt(3840, 2160), true, 0.6},
	} {
		s.fullscreen = c.fullscreen
		shrunk := s.shrunk(c.size)
		scale := textScale(c.size.Y, shrunk)
		if got := scale / max(1, shrunk); got < c.scale-1e-9 {
			t.Errorf("%v: text of scale %.2f on the screen, want %.2f", c.size, got, c.scale)
		}
		if stroke := float64(textThickness(scale)); shrunk > 1 && stroke < shrunk {
			t.Errorf("%v: strokes of %.0f pixels get lost where one of %.2f is shown", c.size, stroke, shrunk)
		}
	}
	if got := (&sink{}).shrunk(image.Pt(640, 480)); got < 1 {
		t.Errorf("a screen of unknown size shrinks by %v", got)
	}
}
