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

// errNoEncoder says that no encoder could be opened, for that size or at all, and that nothing was written.
var errNoEncoder = errors.New("OpenCV has no encoder for it")

type sink struct {
	cfg  Config
	env  pipeline.Env
	line timeline.Line

	rec   recorder
	path  string          // of rec
	size  pipeline.Format // of rec's frames
	begin time.Duration   // place on the line of rec's first frame

	changes changes
	worked  bool            // a recording was finished well
	refused pipeline.Format // what the encoder could not be opened for

	taken  string // the name that was wanted last
	number int    // from which on a number behind it is free
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

// Write records a frame. One that would need a file of its own for no good reason is skipped, before the
// recording that is under way is touched.
func (s *sink) Write(ctx context.Context, f *pipeline.Frame) error {
	if err := picture.Check(f); err != nil {
		return err
	}
	if err := s.encodes(f.Format); err != nil {
		return fmt.Errorf("%w: %w", err, pipeline.ErrSkip)
	}
	at := s.line.At(f)
	if !s.changes.allow(s.size, f.Format, at) {
		return fmt.Errorf("%s: the picture changes its size too often for a file each: wait until one lasts %s: %w",
			f.Format, lasting, pipeline.ErrSkip)
	}
	if s.rec != nil && f.Format != s.size {
		s.env.Log.Info("the picture changed, so the next file begins", "was", s.size.String(), "is", f.Format.String())
		if err := s.finish(); err != nil {
			return err
		}
	}
	for {
		if s.rec == nil {
			if err := s.start(ctx, f, at); err != nil {
				return err
			}
		}
		err := s.rec.write(f, at-s.begin)
		if errors.Is(err, errNoEncoder) {
			rec := s.rec
			s.rec = nil
			return s.refuse(errors.Join(err, rec.close()))
		}
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
	err := rec.close()
	if errors.Is(err, errNoEncoder) {
		if err = s.refuse(err); errors.Is(err, pipeline.ErrSkip) {
			s.env.Log.Warn("frames are lost", "cause", err)
			return nil
		}
	}
	s.worked = s.worked || err == nil
	return err
}

// refuse removes the file, still empty, that an encoder could not be opened for. The sizes come from
// strangers, so that is no fault as long as another size has worked.
func (s *sink) refuse(err error) error {
	s.refused = s.size
	err = errors.Join(err, os.Remove(s.path))
	if s.worked {
		return fmt.Errorf("%w: %w", err, pipeline.ErrSkip)
	}
	return err
}

// encodes reports a format that needs no try to be encoded.
func (s *sink) encodes(format pipeline.Format) error {
	encoder := s.cfg.encoder()
	if encoder == "" {
		return nil
	}
	if format == s.refused {
		return fmt.Errorf("%s: %w", format, errNoEncoder)
	}
	if side := largestSide(encoder); min(format.Width, format.Height) < 2 || max(format.Width, format.Height) > side {
		return fmt.Errorf("%s cannot be encoded as %s: wants sides from 2 to %d pixels", format, encoder, side)
	}
	return nil
}

// start begins a file with the frame that comes first in it.
func (s *sink) start(ctx context.Context, f *pipeline.Frame, at time.Duration) error {
	when := f.Captured
	if when.IsZero() {
		when = time.Now()
	}
	file, err := s.create(ctx, when)
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

// create makes the file, under the first name that is free; of one that it has given before it goes on
// with the next number.
func (s *sink) create(ctx context.Context, when time.Time) (*os.File, error) {
	wanted := s.expand(when, 1)
	if err := os.MkdirAll(filepath.Dir(wanted), 0o755); err != nil {
		return nil, err
	}
	if s.taken != wanted {
		s.taken, s.number = wanted, 0
	}
	for ; ctx.Err() == nil; s.number++ {
		path := s.numbered(wanted, when, s.number)
		file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o644)
		if err == nil && path != wanted {
			s.env.Log.Info("the name is taken, so the recording gets a number", "taken", wanted, "path", path)
		}
		if err == nil || !errors.Is(err, os.ErrExist) || s.number > 1_000_000 {
			return file, err
		}
	}
	return nil, ctx.Err()
}

// numbered is the n-th name that a recording may get.
func (s *sink) numbered(wanted string, when time.Time, n int) string {
	if path := s.expand(when, uint64(n)+1); n == 0 || path != wanted {
		return path
	}
	return pattern.Number(wanted, n)
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
