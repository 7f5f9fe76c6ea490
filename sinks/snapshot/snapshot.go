// Package snapshot is the sink that saves single pictures: JPEG images and other files byte for byte as
// they came, or PNG. It keeps what must not be lost (pipeline.Keeper). How a file appears whole or not at
// all, and what it takes to survive a loss of power, is in sinks/internal/store, and which names are safe
// in sinks/internal/pattern.
package snapshot

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"framewire/pipeline"
	"framewire/sinks/internal/picture"
	"framewire/sinks/internal/store"
	"framewire/sinks/internal/timeline"
)

// Spec describes the snapshot sink.
func Spec() pipeline.Spec {
	return pipeline.SinkSpec[Config]{
		Name:    "snapshot",
		Summary: "saves single pictures as JPEG or PNG files, and files of any kind",
		Doc: "A picture appears complete or not at all, also when the power fails, and no file is ever " +
			"overwritten: where the name is taken by another picture a number is added, and a picture that is " +
			"there already with the same bytes is left alone and counts as saved (looked for under its name and " +
			"the first 255 numbers behind it). A photo's own folders are made below `dir`, at most sixteen deep; names that " +
			"would lead out of it, hidden ones and those that a system reserves are made harmless.\n\n" +
			"A picture counts as saved, and its sender is told that it is safe, when the file has been written and " +
			"flushed to the disk, has its name, and the folder with that name (and each new folder) has been flushed " +
			"too. Large photos whose sending broke off wait as `.framewire-….part` for the rest, at most " +
			"16 of them and seven days.\n\n" +
			"Where `max_bytes`, `max_files`, `min_free` or a full disk leaves no room, the picture is refused: nothing " +
			"of it stays, the sender is told, and the pipeline goes on. Only where the stream must arrive whole and " +
			"nobody waits for an answer does a full disk end the pipeline.\n\n" +
			"A JPEG that was encoded anew on its way and has to be turned for viewing gets an Exif orientation. After " +
			"`count` pictures the output is done; the pipeline ends when that was its last output.",
		Defaults: Config{Format: "jpg"},
		Accepts: func(cfg *Config) []pipeline.Format {
			if cfg.Format == "png" {
				return []pipeline.Format{{Codec: pipeline.CodecRaw, Layout: pipeline.LayoutBGR}}
			}
			return []pipeline.Format{pipeline.AnyJPEG, pipeline.AnyFile}
		},
		New: func(cfg *Config, env pipeline.Env) (pipeline.Sink, error) {
			if err := cfg.Validate(); err != nil {
				return nil, err
			}
			return &sink{cfg: *cfg, env: env, line: timeline.Line{Tick: time.Microsecond}}, nil
		},
	}.Spec()
}

type sink struct {
	cfg    Config
	env    pipeline.Env
	store  atomic.Pointer[store.Store] // nil while the sink is closed
	opened bool                        // was open before: a folder that is missing now is lost, not new
	png    picture.PNG
	turned []byte // the last JPEG that got an orientation
	line   timeline.Line
	due    time.Duration // place on the line from which the next picture is wanted
	saved  int

	refuses atomic.Bool // the status line says so
}

var _ pipeline.Keeper = (*sink)(nil)

// Open opens the folder.
func (s *sink) Open(ctx context.Context) error {
	st, err := store.OpenWith(ctx, s.cfg.Dir, store.Options{
		MaxBytes: int64(s.cfg.MaxBytes), MaxFiles: s.cfg.MaxFiles, MinFree: int64(s.cfg.MinFree), Existing: s.opened,
	})
	if err != nil {
		return err
	}
	s.store.Store(st)
	s.opened = true
	return nil
}

// Write saves the frame when one is due; nil says that it survives a loss of power. It returns ErrSkip for
// the frames between two pictures and ErrDone when the last picture is saved.
func (s *sink) Write(ctx context.Context, f *pipeline.Frame) error {
	if every := s.cfg.Every; every > 0 {
		at := s.line.At(f)
		if at < s.due {
			return pipeline.ErrSkip
		}
		s.due = at - at%every + every
	}
	data, err := s.bytes(ctx, f)
	if err != nil {
		return err
	}
	name := s.name(what{meta: f.Meta, codec: f.Format.Codec, taken: f.Captured, seq: f.Seq})
	if _, err := s.store.Load().PutContext(ctx, name, data); err != nil {
		return verdict(f, err)
	}
	if s.refuses.Swap(false) {
		s.env.Note("")
	}
	if s.saved++; s.saved == s.cfg.Count {
		return pipeline.ErrDone
	}
	return nil
}

// verdict steers the runner after a picture could not be saved. Trouble with the disk ends the pipeline only
// where the picture must arrive and nobody would be told that it has not.
func verdict(f *pipeline.Frame, err error) error {
	mustFail := f.Lossless && !f.Confirm
	switch {
	case mustFail && errors.Is(err, store.ErrFull):
		return err
	case !mustFail && store.Gone(err):
		return fmt.Errorf("%w: %w", err, pipeline.ErrLost)
	}
	return refusal(err)
}

// Close gives the folder back.
func (s *sink) Close() error { return s.store.Swap(nil).Close() }

// bytes is what goes into the file. It holds until the next call.
func (s *sink) bytes(ctx context.Context, f *pipeline.Frame) ([]byte, error) {
	if s.cfg.Format == "png" {
		return s.png.EncodeContext(ctx, f)
	}
	if err := picture.Check(f); err != nil {
		return nil, err
	}
	segment := picture.Orientation(f.Meta.Rotation)
	if segment == nil || f.Format.Codec != pipeline.CodecJPEG || picture.HasExif(f.Data) {
		return f.Data, nil
	}
	s.turned = append(s.turned[:0], f.Data[:picture.AfterSOI]...)
	s.turned = append(s.turned, segment...)
	s.turned = append(s.turned, f.Data[picture.AfterSOI:]...)
	return s.turned, nil
}
