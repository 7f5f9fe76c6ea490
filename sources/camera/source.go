package camera

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"framewire/pipeline"
	"framewire/sources/internal/photo"
)

const (
	closeLimit  = time.Second     // how long Close waits for a read that is stuck
	settleTime  = time.Second     // until a camera that was opened has found its exposure
	measureTime = 3 * time.Second // over which the rate is measured that the log tells
)

// errSilent says that no picture came for Config.Timeout.
var errSilent = errors.New("no picture came")

// request is what the camera is asked for.
type request struct {
	path    string
	cfg     Config
	packets bool // the camera's JPEG images are to be handed on
	mjpg    bool // the camera is to be asked for MJPG
}

// source is one camera.
type source struct {
	cfg  Config
	env  pipeline.Env
	find func(device string) (string, error) // gives the path
	plan func(request) (request, error)      // tries the device and chooses the format
	open func(request) (capture, error)      // may block for long
	who  string                              // for messages: the device as the user names it, with its path

	shutter *photo.Shutter // nil for a live stream
	unread  atomic.Uint64  // pictures that nobody wanted, with a shutter

	reader *reader
	limit  *time.Timer
	zero   time.Time // the first picture of all

	opened   time.Time // the first picture since Open
	measured bool
}

var (
	_ pipeline.Source    = (*source)(nil)
	_ pipeline.Accounter = (*source)(nil)
)

// newSource gives a source that opens cameras with those functions.
func newSource(cfg Config, env pipeline.Env,
	find func(device string) (string, error), plan func(request) (request, error), open func(request) (capture, error)) *source {
	s := &source{cfg: cfg, env: env, find: find, plan: plan, open: open}
	if cfg.Photos() {
		s.shutter = photo.New(cfg.Config, env, "camera", settleTime)
	}
	return s
}

// Open finds the camera, tries it, and starts to read it. With a shutter that listens from then on.
func (s *source) Open(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if s.shutter == nil {
		return s.start(ctx, &s.env.Counters.Dropped)
	}
	if err := s.shutter.Open(ctx); err != nil {
		return err
	}
	if err := s.start(ctx, &s.unread); err != nil {
		return errors.Join(err, s.shutter.Close())
	}
	return nil
}

// start opens the camera; pictures that nobody has taken when the next one comes are counted in replaced.
func (s *source) start(ctx context.Context, replaced *atomic.Uint64) error {
	path, err := s.find(s.cfg.Device)
	if err != nil {
		return err
	}
	s.who = path
	if path != s.cfg.Device {
		s.who = fmt.Sprintf("%s (%s)", s.cfg.Device, path)
	}
	asked, err := s.plan(request{path: path, cfg: s.cfg, packets: takesJPEG(s.env.Want)})
	if err != nil {
		return err
	}
	reader, granted, err := startReader(ctx, s.env.Pool, replaced, func() (capture, error) { return s.open(asked) })
	if err != nil {
		return fmt.Errorf("camera %s: %w", s.who, err)
	}
	s.reader, s.opened, s.measured = reader, time.Time{}, false
	s.env.Log.Info("camera opened", "device", s.who, "asked", asked.String(), "granted", granted)
	return nil
}

// takesJPEG reports whether a chain that wants these formats is best served with JPEG.
func takesJPEG(want []pipeline.Format) bool {
	return len(want) == 0 || want[0].Codec == pipeline.CodecJPEG || want[0].Codec == ""
}

// String says what is asked for.
func (r request) String() string {
	text := "raw"
	if r.mjpg {
		text = "MJPG"
	}
	if size := r.cfg.Size.String(); size != "" {
		text += " " + size
	}
	if r.cfg.FPS > 0 {
		text += fmt.Sprintf(" at %g/s", r.cfg.FPS)
	}
	return text
}

// Read gives the newest picture, or with a shutter the next one that is to be taken.
func (s *source) Read(ctx context.Context) (*pipeline.Frame, error) {
	for {
		f, err := s.newest(ctx)
		if err != nil || s.shutter == nil {
			return f, err
		}
		if s.shutter.Wants(f.Captured) {
			s.shutter.Take(f)
			return f, nil
		}
		f.Release()
	}
}

// newest waits for a picture that was not looked at yet.
func (s *source) newest(ctx context.Context) (*pipeline.Frame, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if s.limit == nil {
		s.limit = time.NewTimer(s.cfg.Timeout)
	} else {
		s.limit.Reset(s.cfg.Timeout)
	}
	f, err := s.reader.next(ctx, s.limit)
	s.limit.Stop()
	switch {
	case errors.Is(err, errSilent):
		return nil, fmt.Errorf("camera %s gave no picture for %s (if it stays so, unplug it and plug it in again): %w", s.who, s.cfg.Timeout, pipeline.ErrLost)
	case errors.Is(err, pipeline.ErrLost):
		return nil, fmt.Errorf("camera %s: %w", s.who, err)
	case err != nil:
		return nil, err
	}
	if s.zero.IsZero() {
		s.zero = f.Captured
	}
	f.PTS = f.Captured.Sub(s.zero)
	s.measure(f)
	return f, nil
}

// measure logs the rate once, a while after the camera was opened.
func (s *source) measure(f *pipeline.Frame) {
	if s.opened.IsZero() {
		s.opened = f.Captured
		s.reader.taken.Store(0)
		return
	}
	since := f.Captured.Sub(s.opened)
	if s.measured || since < measureTime {
		return
	}
	s.measured = true
	rate := float64(s.reader.taken.Load()) / since.Seconds()
	s.env.Log.Info("camera measured", "device", s.who, "gives", f.Format.String(), "rate", fmt.Sprintf("%.1f/s", rate))
}

// Close stops reading.
func (s *source) Close() error {
	if !s.reader.close(closeLimit) {
		s.env.Log.Warn("a read does not return and is left behind", "device", s.who, "waited", closeLimit.String())
	}
	if s.shutter == nil {
		return nil
	}
	return s.shutter.Close()
}

// Account fails when single pictures were not confirmed.
func (s *source) Account() error {
	if s.shutter == nil {
		return nil
	}
	return s.shutter.Accounts()
}
