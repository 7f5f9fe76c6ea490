// Package file is the sink that records. This file chooses the container and rolls from one file to the
// next; matroska.go writes JPEG frames with their own times; constant.go brings frames onto a constant
// rate for avi.go and for the encoder in encode_opencv.go.
//
// Matroska elements are built with ebml-go; only the header in front of each frame is laid out here, so
// that a frame's bytes are not copied. The AVI writer is our own: the library at hand,
// github.com/icza/mjpeg, knows whole frames per second only and so plays 29.97 wrong.
package file

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"framewire/pipeline"
	"framewire/sinks/internal/pattern"
	"framewire/sinks/internal/picture"
	"framewire/sinks/internal/timeline"
)

// recorder writes one file.
type recorder interface {
	// write appends a frame whose place is at, counted from the first frame. errFull means that nothing
	// was written and that the frame belongs in the next file.
	write(f *pipeline.Frame, at time.Duration) error
	// close finishes the file so that it can be played and searched.
	close() error
}

// errFull says that a recording can take no more, or should not take this frame.
var errFull = errors.New("the recording is full")

type sink struct {
	cfg  Config
	env  pipeline.Env
	line timeline.Line

	rec   recorder
	path  string          // of rec
	size  pipeline.Format // of rec's frames
	begin time.Duration   // place on the line of rec's first frame
}

var _ pipeline.Sink = (*sink)(nil)

func newSink(cfg Config, env pipeline.Env) *sink {
	return &sink{cfg: cfg, env: env, line: timeline.Line{Tick: tick}}
}

// Open makes the folder and finds out whether a file can be made in it. The recording itself begins with
// the first frame, whose time may be in its name.
func (s *sink) Open(context.Context) error {
	folder := filepath.Dir(s.expand(time.Now(), 1))
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	probe, err := os.CreateTemp(folder, ".framewire-*.tmp")
	if err != nil {
		return fmt.Errorf("no recording can be made in %s: %w", folder, unwrapPath(err))
	}
	probe.Close()
	return os.Remove(probe.Name())
}

// Write records a frame.
func (s *sink) Write(_ context.Context, f *pipeline.Frame) error {
	if err := picture.Check(f); err != nil {
		return err
	}
	at := s.line.At(f)
	if s.rec != nil && f.Format != s.size {
		s.env.Log.Info("the picture changed, so the next file begins", "was", s.size.String(), "is", f.Format.String())
		if err := s.finish(); err != nil {
			return err
		}
	}
	for {
		if s.rec == nil {
			if err := s.start(f, at); err != nil {
				return err
			}
		}
		err := s.rec.write(f, at-s.begin)
		if !errors.Is(err, errFull) {
			return err
		}
		if at == s.begin {
			return fmt.Errorf("%s: a frame of %d bytes does not fit", s.path, len(f.Data))
		}
		if err := s.finish(); err != nil {
			return err
		}
	}
}

// Close finishes the recording.
func (s *sink) Close() error { return s.finish() }

func (s *sink) finish() error {
	if s.rec == nil {
		return nil
	}
	rec := s.rec
	s.rec = nil
	return rec.close()
}

// start begins a file with the frame that comes first in it.
func (s *sink) start(f *pipeline.Frame, at time.Duration) error {
	when := f.Captured
	if when.IsZero() {
		when = time.Now()
	}
	file, err := s.create(when)
	if err != nil {
		return err
	}
	s.path, s.size, s.begin = file.Name(), f.Format, at
	var rec recorder
	switch encoder := s.cfg.encoder(); {
	case encoder != "":
		rec, err = newEncoded(file, encoder, f)
	case s.cfg.ext() == ".avi":
		rec, err = newAVI(file, f), nil
	default:
		rec, err = newMatroska(file, f, when)
	}
	if err != nil {
		file.Close()
		return errors.Join(err, os.Remove(s.path))
	}
	s.rec = rec
	s.env.Log.Info("recording", "path", s.path, "format", f.Format.String())
	return nil
}

// create makes the file, under the first name that is free.
func (s *sink) create(when time.Time) (*os.File, error) {
	wanted := s.expand(when, 1)
	if err := os.MkdirAll(filepath.Dir(wanted), 0o755); err != nil {
		return nil, err
	}
	path := wanted
	for n := 1; ; n++ {
		file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o644)
		if err == nil && path != wanted {
			s.env.Log.Info("the name is taken, so the recording gets a number", "taken", wanted, "path", path)
		}
		if err == nil || !errors.Is(err, os.ErrExist) || n > 1_000_000 {
			return file, err
		}
		if path = s.expand(when, uint64(n)+1); path == wanted {
			path = pattern.Number(wanted, n)
		}
	}
}

func (s *sink) expand(when time.Time, seq uint64) string {
	return pattern.Expand(s.cfg.Path, pattern.Values{Name: s.env.Pipeline, Time: when, Seq: seq})
}

// unwrapPath takes the path off an error that is about to name a better one.
func unwrapPath(err error) error {
	var path *os.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}
