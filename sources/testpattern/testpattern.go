// Package testpattern is a source of generated pictures: colour bars with a moving square, the number and
// time of each picture in figures, and the same in a row of black and white cells for machines, which
// ReadMarker reads. It needs neither a device nor OpenCV.
package testpattern

import (
	"context"
	"errors"
	"time"

	"framewire/pipeline"
	"framewire/pipeline/config"
	"framewire/sources/internal/pace"
	"framewire/sources/internal/photo"
)

// Config is the configuration of the source.
type Config struct {
	Size   config.Size `yaml:"size" doc:"width and height in pixels, from 16x16; the machine-readable marker needs 64x64"`
	FPS    float64     `yaml:"fps" doc:"frames a second, with up to three decimals, such as 29.97"`
	Frames int         `yaml:"frames" doc:"frames until the end; 0 means endless"`
	Pace   pace.Pace   `yaml:"pace" enum:"realtime,fast" doc:"realtime makes them at the given rate, fast as quickly as the chain takes them, without losing any"`

	photo.Config
}

func defaults() Config {
	return Config{Size: config.Size{Width: 1280, Height: 720}, FPS: 30, Pace: pace.Realtime}
}

const (
	minSide        = 16
	minFPS, maxFPS = 0.001, 1000
)

// Validate reports settings that make no sense.
func (c *Config) Validate() error {
	var faults []error
	if c.Size.Width < minSide || c.Size.Height < minSide {
		faults = append(faults, pipeline.FieldErrorf("size", "", "%q is smaller than %dx%d", c.Size, minSide, minSide))
	}
	if !(c.FPS >= minFPS && c.FPS <= maxFPS) {
		faults = append(faults, pipeline.FieldErrorf("fps", "", "%v is not between %v and %v", c.FPS, minFPS, maxFPS))
	}
	if c.Frames < 0 {
		faults = append(faults, pipeline.FieldErrorf("frames", "0 means endless", "%d is below zero", c.Frames))
	}
	return errors.Join(append(faults, c.Check())...)
}

// Spec describes the source.
func Spec() pipeline.Spec {
	return pipeline.SourceSpec[Config]{
		Name:    "testpattern",
		Summary: "generated colour bars with number and time",
		Doc: "For trying a chain out without a camera, and for measuring it: each picture says which one it is and " +
			"when it was made, readable for people and, in the black and white cells at the top, for programs. In " +
			"`realtime` the numbers have no gaps: where the chain stalls, the pattern waits and then goes on at its rate. " +
			"With `every` or `trigger` it gives single pictures as a camera does, for trying out a time lapse.",
		Defaults: defaults(),
		Gives: func(c *Config) []pipeline.Format {
			return []pipeline.Format{
				pipeline.Raw(pipeline.LayoutBGR, c.Size.Width, c.Size.Height),
				pipeline.Raw(pipeline.LayoutI420, c.Size.Width, c.Size.Height),
			}
		},
		New: func(c *Config, env pipeline.Env) (pipeline.Source, error) {
			s := &source{cfg: *c, pool: env.Pool, rate: rateOf(c.FPS), layout: pipeline.LayoutFor(env.Want, pipeline.LayoutBGR, pipeline.LayoutI420)}
			if c.Photos() {
				s.shutter = photo.New(c.Config, env, "testpattern", 0)
			}
			return s, nil
		},
	}.Spec()
}

type source struct {
	cfg     Config
	pool    *pipeline.Pool
	rate    rate
	layout  pipeline.Layout
	shutter *photo.Shutter // nil for a live stream
	easel   *easel
	next    uint64    // number of the next picture
	zero    time.Time // when the first one was taken, with a shutter
	pace    schedule
}

var (
	_ pipeline.Source    = (*source)(nil)
	_ pipeline.Accounter = (*source)(nil)
)

// Open paints what stays the same. Numbers start at 0.
func (s *source) Open(ctx context.Context) error {
	if s.easel == nil {
		s.easel = newEasel(s.layout, s.cfg.Size.Width, s.cfg.Size.Height)
	}
	s.next, s.zero, s.pace = 0, time.Time{}, schedule{}
	if err := ctx.Err(); err != nil || s.shutter == nil {
		return err
	}
	return s.shutter.Open(ctx)
}

// Read gives the next picture when it is due.
func (s *source) Read(ctx context.Context) (*pipeline.Frame, error) {
	if s.cfg.Frames > 0 && s.next == uint64(s.cfg.Frames) {
		return nil, pipeline.ErrEnd
	}
	pts := s.rate.at(s.next)
	if err := s.wait(ctx, pts); err != nil {
		return nil, err
	}
	f := s.easel.picture(s.pool, s.next, time.Now)
	f.PTS, f.Key, f.Lossless = pts, true, s.cfg.Pace == pace.Fast
	if s.shutter != nil {
		s.take(f)
	}
	s.next++
	return f, nil
}

func (s *source) wait(ctx context.Context, pts time.Duration) error {
	switch {
	case s.shutter != nil:
		return s.shutter.Wait(ctx)
	case s.cfg.Pace == pace.Fast:
		return ctx.Err()
	}
	return s.pace.wait(ctx, pts, s.rate.at(s.next+1)-pts)
}

// take makes a picture a single one, whose time is that of the clock.
func (s *source) take(f *pipeline.Frame) {
	if s.zero.IsZero() {
		s.zero = f.Captured
	}
	f.PTS = f.Captured.Sub(s.zero)
	s.shutter.Take(f)
}

// Account fails when single pictures were not confirmed.
func (s *source) Account() error {
	if s.shutter == nil {
		return nil
	}
	return s.shutter.Accounts()
}

// Close keeps the painted background for the next Open.
func (s *source) Close() error {
	if s.shutter == nil {
		return nil
	}
	return s.shutter.Close()
}
