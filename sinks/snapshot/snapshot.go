// Package snapshot is the sink that saves single pictures: JPEG images byte for byte as they came, or
// PNG. How a file appears whole or not at all is in sinks/internal/store, and which names are safe in
// sinks/internal/pattern.
package snapshot

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"framewire/pipeline"
	"framewire/sinks/internal/pattern"
	"framewire/sinks/internal/picture"
	"framewire/sinks/internal/store"
	"framewire/sinks/internal/timeline"
)

// Config is the snapshot sink's settings.
type Config struct {
	Dir    string        `yaml:"dir" doc:"folder that the pictures go to; it is made where it is missing, and nothing is ever written outside it"`
	Every  time.Duration `yaml:"every" doc:"time between two pictures by the stream's own clock; 0s saves every frame"`
	Count  int           `yaml:"count" doc:"number of pictures after which this output is done; 0 means no limit"`
	Format string        `yaml:"format" enum:"jpg,png" doc:"jpg saves JPEG images byte for byte as they came, png saves the decoded pixels without loss and upright"`
	Name   string        `yaml:"name" doc:"name of a picture without its extension: {name} (of the pipeline), {photo} (the photo's own name), {date}, {time} and {seq} (the frame's number) are filled in and / makes folders; defaults to the photo's own name where it has one and to {name}-{date}-{time}-{seq} elsewhere"`
}

// unnamed is the pattern for frames that bring no name.
const unnamed = pattern.Name + "-" + pattern.Date + "-" + pattern.Time + "-" + pattern.Seq

// Validate reports settings that cannot work, all at once.
func (c *Config) Validate() error {
	var all []error
	if c.Dir == "" {
		all = append(all, pipeline.FieldErrorf("dir", "for example dir: photos", "is missing"))
	}
	if c.Every < 0 {
		all = append(all, pipeline.FieldErrorf("every", "", "%s is below zero", c.Every))
	}
	if c.Count < 0 {
		all = append(all, pipeline.FieldErrorf("count", "0 means no limit", "%d is below zero", c.Count))
	}
	if err := pattern.Check(c.Name, pattern.Name, pattern.Photo, pattern.Date, pattern.Time, pattern.Seq); err != nil {
		all = append(all, pipeline.FieldErrorf("name", "", "%s", err))
	}
	if c.Name != "" && (!filepath.IsLocal(c.Name) || strings.HasSuffix(c.Name, "/")) {
		all = append(all, pipeline.FieldErrorf("name", "it is a path below dir", "%q is not a name inside dir", c.Name))
	}
	return errors.Join(all...)
}

// Spec describes the snapshot sink.
func Spec() pipeline.Spec {
	return pipeline.SinkSpec[Config]{
		Name:    "snapshot",
		Summary: "saves single pictures as JPEG or PNG files",
		Doc: "A picture appears complete or not at all, also when the power fails, and no file is ever " +
			"overwritten: where the name is taken by another picture a number is added, and a picture that is " +
			"there already with the same bytes is left alone and counts as saved (looked for among the first eight of " +
			"a name, and those saved since the start). After `count` pictures the output is " +
			"done; the pipeline ends when that was its last output.",
		Defaults: Config{Format: "jpg"},
		Accepts: func(cfg *Config) []pipeline.Format {
			if cfg.Format == "png" {
				return []pipeline.Format{{Codec: pipeline.CodecRaw, Layout: pipeline.LayoutBGR}}
			}
			return []pipeline.Format{pipeline.AnyJPEG}
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
	cfg   Config
	env   pipeline.Env
	store *store.Store
	png   picture.PNG
	line  timeline.Line
	due   time.Duration // place on the line from which the next picture is wanted
	saved int
}

var _ pipeline.Sink = (*sink)(nil)

// Open opens the folder.
func (s *sink) Open(context.Context) error {
	st, err := store.Open(s.cfg.Dir)
	if err != nil {
		return err
	}
	s.store = st
	return nil
}

// Write saves the frame when one is due. It returns ErrSkip for the frames between two pictures and ErrDone
// when the last picture is saved.
func (s *sink) Write(ctx context.Context, f *pipeline.Frame) error {
	if s.done() {
		return pipeline.ErrDone
	}
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
	if _, err := s.store.PutContext(ctx, s.name(f), data); errors.Is(err, store.ErrName) {
		return fmt.Errorf("%w: %w", err, pipeline.ErrSkip) // names come from strangers, like the pictures
	} else if err != nil {
		return err
	}
	s.saved++
	if s.done() {
		// The runner takes a frame with an error for one that was not used.
		s.env.Counters.FramesOut.Add(1)
		s.env.Counters.BytesOut.Add(uint64(len(f.Data)))
		return pipeline.ErrDone
	}
	return nil
}

// Close gives the folder back.
func (s *sink) Close() error { return s.store.Close() }

func (s *sink) done() bool { return s.cfg.Count > 0 && s.saved >= s.cfg.Count }

func (s *sink) bytes(ctx context.Context, f *pipeline.Frame) ([]byte, error) {
	if s.cfg.Format == "png" {
		return s.png.EncodeContext(ctx, f)
	}
	return f.Data, picture.Check(f)
}

// name is where the picture goes, relative to the folder. A JPEG photo's own name stays to the letter.
func (s *sink) name(f *pipeline.Frame) string {
	taken := f.Captured
	if taken.IsZero() {
		taken = time.Now()
	}
	values := pattern.Values{Name: s.env.Pipeline, Photo: f.Meta.Name, Time: taken, Seq: f.Seq}
	if s.cfg.Name != "" {
		return pattern.Expand(s.cfg.Name+"."+s.cfg.Format, values)
	}
	own := pattern.Safe(f.Meta.Name)
	if own == "" {
		return pattern.Expand(unnamed+"."+s.cfg.Format, values)
	}
	ext := filepath.Ext(own)
	if s.fits(ext) {
		return own
	}
	return pattern.Expand(pattern.Photo+"."+s.cfg.Format, values)
}

// fits reports whether a file with that extension is expected to hold what this sink writes.
func (s *sink) fits(ext string) bool {
	switch strings.ToLower(ext) {
	case ".png":
		return s.cfg.Format == "png"
	case ".jpg", ".jpeg", ".jpe", ".jfif":
		return s.cfg.Format == "jpg"
	}
	return false
}
