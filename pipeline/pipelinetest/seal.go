package pipelinetest

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"image/jpeg"
	"time"

	"framewire/pipeline"
)

// header is what a frame says beside its picture.
type header struct {
	Stream   pipeline.StreamID
	Seq      uint64
	Captured time.Time
	PTS      time.Duration
	Key      bool
	Lossless bool
	Meta     pipeline.Meta
}

func headerOf(f *pipeline.Frame) header {
	return header{f.Stream, f.Seq, f.Captured, f.PTS, f.Key, f.Lossless, f.Meta}
}

// differs names the first field in which the other header is different; "" when none is.
func (h header) differs(other header) string {
	for _, field := range []struct {
		name     string
		old, now any
		same     bool
	}{
		{"Stream", h.Stream, other.Stream, h.Stream == other.Stream},
		{"Seq", h.Seq, other.Seq, h.Seq == other.Seq},
		{"Captured", h.Captured, other.Captured, h.Captured.Equal(other.Captured)},
		{"PTS", h.PTS, other.PTS, h.PTS == other.PTS},
		{"Key", h.Key, other.Key, h.Key == other.Key},
		{"Lossless", h.Lossless, other.Lossless, h.Lossless == other.Lossless},
		{"Meta", h.Meta, other.Meta, h.Meta == other.Meta},
	} {
		if !field.same {
			return fmt.Sprintf("%s was %v and is %v", field.name, field.old, field.now)
		}
	}
	return ""
}

// seal is a frame as it was when it was handed over.
type seal struct {
	header header
	format pipeline.Format
	sum    [sha256.Size]byte
}

func sealOf(f *pipeline.Frame) seal {
	return seal{header: headerOf(f), format: f.Format, sum: sha256.Sum256(f.Data)}
}

// broken says what has changed in the frame since; "" when nothing has.
func (s seal) broken(f *pipeline.Frame) string {
	switch {
	case s.format != f.Format:
		return fmt.Sprintf("Format was %s, stride %d and is %s, stride %d", s.format, s.format.Stride, f.Format, f.Format.Stride)
	case s.sum != sha256.Sum256(f.Data):
		return "its data changed"
	}
	return s.header.differs(headerOf(f))
}

func seals(frames []*pipeline.Frame) []seal {
	list := make([]seal, len(frames))
	for i, f := range frames {
		list[i] = sealOf(f)
	}
	return list
}

// valid reports a frame that contradicts itself.
func valid(f *pipeline.Frame) error {
	if f == nil {
		return errors.New("no frame and no error")
	}
	if err := f.Format.Check(len(f.Data)); err != nil {
		return err
	}
	switch f.Meta.Rotation {
	case 0, 90, 180, 270:
	default:
		return fmt.Errorf("a rotation by %d degrees is none of 0, 90, 180, 270", f.Meta.Rotation)
	}
	if f.PTS < 0 {
		return fmt.Errorf("PTS %s is below zero", f.PTS)
	}
	known := f.Format.Codec == pipeline.CodecRaw || f.Format.Codec == pipeline.CodecJPEG
	if known && !f.Key {
		return fmt.Errorf("a frame of %s has no Key set", f.Format)
	}
	if f.Format.Codec == pipeline.CodecJPEG {
		cfg, err := jpeg.DecodeConfig(bytes.NewReader(f.Data))
		if err != nil {
			return fmt.Errorf("a frame of %s is no JPEG: %w", f.Format, err)
		}
		if cfg.Width != f.Format.Width || cfg.Height != f.Format.Height {
			return fmt.Errorf("a frame of %s holds a JPEG of %dx%d", f.Format, cfg.Width, cfg.Height)
		}
	}
	return nil
}

// matchesAny reports whether the format fits one of the patterns; no patterns say nothing.
func matchesAny(f pipeline.Format, patterns []pipeline.Format) bool {
	for _, p := range patterns {
		if f.Matches(p) {
			return true
		}
	}
	return len(patterns) == 0
}
