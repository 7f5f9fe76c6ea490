//go:build opencv

package window

import (
	"context"
	"errors"
	"fmt"
	"image"
	"sync"
	"sync/atomic"
	"time"

	"gocv.io/x/gocv"

	"framewire/pipeline"
	"framewire/pipeline/config"
	"framewire/pipeline/native"
	"framewire/sinks/internal/picture"
)

// missing is empty: this build has the window.
const missing = ""

const (
	// pumpEvery is how often the window's events are handled while no frame comes.
	pumpEvery = 12 * time.Millisecond
	// closeWithin is how long Close waits for the first thread, which may be gone already.
	closeWithin = time.Second
)

func newSinks() func(*Config, pipeline.Env) (pipeline.Sink, error) {
	shared := new(hub)
	return func(cfg *Config, env pipeline.Env) (pipeline.Sink, error) {
		if err := cfg.Validate(); err != nil {
			return nil, err
		}
		s := &sink{cfg: *cfg, env: env, hub: shared, keys: make(chan int, 8)}
		if s.cfg.Title == "" {
			s.cfg.Title = "framewire: " + env.Pipeline
		}
		return s, nil
	}
}

// sink shows frames. Write and the pump, a goroutine that keeps the window alive between frames, take
// turns by mu; only what touches highgui runs on the first thread, and it takes no lock.
type sink struct {
	cfg Config
	env pipeline.Env
	hub *hub

	screen image.Point
	keys   chan int                    // pressed while a frame was shown, for the pump
	area   atomic.Pointer[image.Point] // what the window shows pictures in; nil while not known
	stop   context.CancelFunc
	pumped sync.WaitGroup // the pump, and saving a picture

	mu         sync.Mutex
	gui        *gui // nil while closed
	canvas     *canvas
	last       *pipeline.Frame // on show
	blurred    *pipeline.Frame // the last one that was too small for the window, only to compare
	meter      meter
	fitted     bool // the window's size was chosen
	saving     bool
	paused     bool
	overlay    bool
	fullscreen bool
	ended      bool // the user closed the window
}

var _ pipeline.Sink = (*sink)(nil)

// Open makes the window, after it has made sure that there is a display: without one highgui would end
// the whole process.
func (s *sink) Open(ctx context.Context) error {
	if s.env.Main == nil {
		return errors.New("a window needs the program's first thread, which this program does not lend; use a file or snapshot sink")
	}
	screen, hold, err := findDisplay(ctx)
	if err != nil {
		return err
	}
	if hold != nil {
		defer hold.Close()
	}
	loaded := s.env.Main.Do(ctx, func() { err = native.Load(native.ImgProc, native.HighGUI) })
	if err := errors.Join(loaded, err); err != nil {
		return fmt.Errorf("open a window: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.screen = screen
	s.canvas = newCanvas()
	s.ended, s.paused, s.saving, s.fullscreen = false, false, false, s.cfg.Fullscreen
	s.fitted, s.meter, s.blurred = s.cfg.Fullscreen, meter{}, nil
	s.measured(image.Point{})
	name := s.hub.add(s)
	made := s.env.Main.Do(ctx, func() {
		if s.gui, err = newGUI(name, s.cfg.Title, func() { s.hub.point(s) }); err == nil && s.fullscreen {
			err = s.gui.fullscreen(true)
		}
	})
	if err = errors.Join(made, err); err == nil {
		err = s.draw(ctx)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("open a window: %w", err), s.takeDown())
	}
	pumping, stop := context.WithCancel(context.Background())
	s.stop = stop
	s.pumped.Go(func() { s.pump(pumping) })
	return nil
}

// Write shows a frame.
func (s *sink) Write(ctx context.Context, f *pipeline.Frame) error {
	if err := picture.Check(f); err != nil {
		return err
	}
	if f.Format.Layout != pipeline.LayoutBGR {
		return fmt.Errorf("%s frame: the window shows raw bgr: %w", f.Format, pipeline.ErrSkip)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.ended:
		return pipeline.ErrEnd
	case s.paused:
		return pipeline.ErrSkip
	}
	if s.last != nil {
		s.last.Release()
	}
	s.last, s.blurred = f.Retain(), nil
	s.meter.frame(time.Now())
	return s.draw(ctx)
}

// draw shows the last frame, or the picture for when there is none. s.mu is held.
func (s *sink) draw(ctx context.Context) error {
	pic, err := s.paint()
	if err != nil {
		return err
	}
	size, resize := s.fit(image.Pt(pic.Cols(), pic.Rows())), !s.fitted
	key := keyNone
	var area image.Point
	shown := s.env.Main.Do(ctx, func() {
		if err = s.gui.show(*pic); err == nil && resize {
			err = s.gui.resize(size)
		}
		key = s.gui.poll() // Qt paints only while it handles events
		area, _ = s.gui.area()
	})
	if key != keyNone {
		select {
		case s.keys <- key:
		default: // nobody types so fast
		}
	}
	// Afterwards the window keeps the size that the user gave it, whatever the pictures' sizes are.
	s.fitted = s.fitted || s.last != nil || s.cfg.Size != config.Size{}
	if s.last != nil { // before the first one the window is about to get its size
		s.measured(area)
	}
	return errors.Join(shown, err)
}

func (s *sink) paint() (*gocv.Mat, error) {
	if s.last == nil {
		return s.canvas.placeholder()
	}
	pic, err := s.canvas.paint(s.last)
	if err == nil && s.overlay {
		f := s.last
		if whole := f.Whole(); whole != nil {
			f = whole
		}
		err = overlay(pic, f, s.meter.fps, time.Since(f.Captured), s.shrunk(image.Pt(pic.Cols(), pic.Rows())))
	}
	return pic, err
}

// fit is the size of window for a picture: what the config says, or the picture's own as far as it fits
// nine tenths of the screen.
func (s *sink) fit(size image.Point) image.Point {
	if want := s.cfg.Size; want != (config.Size{}) {
		return image.Pt(want.Width, want.Height)
	}
	room := s.screen.Mul(9).Div(10)
	if size.X > room.X {
		size = image.Pt(room.X, size.Y*room.X/size.X)
	}
	if size.Y > room.Y {
		size = image.Pt(size.X*room.Y/size.Y, room.Y)
	}
	return image.Pt(max(size.X, 1), max(size.Y, 1))
}

// shrunk is how many pixels of a picture the window shows as one.
func (s *sink) shrunk(size image.Point) float64 {
	shown := s.fit(size)
	if w, h := s.View(); w > 0 {
		shown = image.Pt(w, h)
	}
	if shown.X < 1 || shown.Y < 1 {
		return 1
	}
	return max(float64(size.X)/float64(shown.X), float64(size.Y)/float64(shown.Y))
}

// Close takes the window away and waits for the pump.
func (s *sink) Close() error {
	s.stop()
	s.mu.Lock()
	err := s.takeDown()
	s.mu.Unlock()
	s.pumped.Wait()
	return err
}

// takeDown gives back what Open took. s.mu is held.
func (s *sink) takeDown() error {
	s.hub.remove(s)
	if s.last != nil {
		s.last.Release()
		s.last = nil
	}
	s.canvas.close()
	g := s.gui
	s.gui = nil
	if g == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), closeWithin)
	defer cancel()
	var closed error
	if err := s.env.Main.Do(ctx, func() { closed = g.close() }); err != nil {
		return fmt.Errorf("close the window: the first thread does not answer: %w", err)
	}
	return closed
}
