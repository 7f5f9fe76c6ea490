// Package image is a source of still pictures from files: one file, a folder or a pattern, in natural
// order. JPEG files pass as they are; PNG, GIF (its first picture), WebP, BMP and TIFF are decoded by Go's
// own packages. It needs no OpenCV.
package image

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"framewire/pipeline"

	"github.com/hashicorp/go-hclog"
)

// Config is the configuration of the source.
type Config struct {
	Path     string        `yaml:"path" doc:"a picture, a folder of pictures, or a pattern such as photos/*.jpg; in natural order, so that 9.jpg comes before 10.jpg"`
	Interval time.Duration `yaml:"interval" doc:"time from one picture to the next; 0 gives them as fast as the chain takes them"`
	Loop     bool          `yaml:"loop" doc:"begin again after the last picture, with those that are there by then"`
	Watch    bool          `yaml:"watch" doc:"wait for new pictures in the folder; reserved, not there yet"`
}

// Validate reports settings that make no sense.
func (c *Config) Validate() error {
	var faults []error
	if c.Path == "" {
		faults = append(faults, pipeline.FieldErrorf("path", "name a picture, a folder of pictures or a pattern such as photos/*.jpg", "is missing"))
	}
	if c.Interval < 0 {
		faults = append(faults, pipeline.FieldErrorf("interval", "", "%s is below zero", c.Interval))
	}
	if c.Watch {
		faults = append(faults, pipeline.FieldErrorf("watch", "`loop: true` looks for new pictures each time round", "is not there yet"))
	}
	return errors.Join(faults...)
}

// Spec describes the source.
func Spec() pipeline.Spec {
	return pipeline.SourceSpec[Config]{
		Name:    "image",
		Summary: "still pictures from files",
		Doc: "JPEG files pass byte for byte, with everything in them, where the chain takes JPEG. PNG, GIF (its first " +
			"picture), WebP, BMP and TIFF are decoded, transparent parts laid over white. What a file is, its bytes say, " +
			"not its name. In a folder the files named .jpg, .jpeg, .jpe, .jfif, .png, .gif, .webp, .bmp, .tif and .tiff are taken, " +
			"hidden ones left out, folders in it not entered. The name of the file travels with the picture, and the rotation " +
			"that a camera has noted in a JPEG (EXIF) is told to the window. A file that cannot be used is skipped, logged and counted " +
			"as an error; when no file can be used, the pipeline fails.",
		Defaults: Config{},
		Gives: func(*Config) []pipeline.Format {
			return []pipeline.Format{pipeline.AnyJPEG, {Codec: pipeline.CodecRaw, Layout: pipeline.LayoutBGR}}
		},
		New: func(c *Config, env pipeline.Env) (pipeline.Source, error) {
			return &source{cfg: *c, log: env.Log, counters: env.Counters, load: loader{pool: env.Pool, keep: takesJPEG(env.Want)}}, nil
		},
	}.Spec()
}

// takesJPEG reports whether a chain that wants these formats takes JPEG files as they are.
func takesJPEG(want []pipeline.Format) bool {
	for _, w := range want {
		if w.Codec == "" || w.Codec == pipeline.CodecJPEG {
			return true
		}
	}
	return len(want) == 0
}

// maxTold is how many files that cannot be used the log names; further ones are only counted.
const maxTold = 100

type source struct {
	cfg      Config
	log      hclog.Logger
	counters *pipeline.Counters
	load     loader
	told     map[string]bool // files that the log has named as not usable

	paths []string
	next  int  // index in paths
	good  int  // pictures given since paths was made
	again bool // the list was gone through before: what was warned of then is known

	given uint64 // pictures since Open
	start time.Time
	pts   time.Duration // of the last picture
	due   time.Time     // of the next picture; zero before the first
}

var _ pipeline.Source = (*source)(nil)

// Open finds the files. It reads none.
func (s *source) Open(ctx context.Context) error {
	s.again, s.given, s.pts, s.start, s.due = false, 0, 0, time.Now(), time.Time{}
	if err := s.scan(); err != nil {
		return err
	}
	return ctx.Err()
}

func (s *source) scan() (err error) {
	s.next, s.good = 0, 0
	s.paths, err = list(s.cfg.Path)
	return err
}

// Read gives the next picture when it is due. The file is read then, not earlier.
func (s *source) Read(ctx context.Context) (*pipeline.Frame, error) {
	if s.next == len(s.paths) {
		if err := s.turn(); err != nil {
			return nil, err
		}
	}
	if err := wait(ctx, s.due); err != nil {
		return nil, err
	}
	path := s.paths[s.next]
	s.next++
	f, warning, err := s.load.file(path)
	if err != nil {
		return nil, s.skip(path, err)
	}
	if warning != nil && !s.again {
		s.log.Warn("a picture is not whole and is handed on as it is", "file", path, "fault", warning)
	}
	now := time.Now()
	if s.cfg.Interval > 0 {
		s.pts = time.Duration(s.given) * s.cfg.Interval
		if s.due = s.due.Add(s.cfg.Interval); s.due.Before(now) { // the first, or after a stall
			s.due = now.Add(s.cfg.Interval)
		}
	} else if s.given > 0 {
		s.pts = max(s.pts, now.Sub(s.start))
	}
	s.given++
	s.good++
	f.Captured, f.PTS, f.Key, f.Lossless = now, s.pts, true, true
	f.Meta.Name = filepath.Base(path)
	return f, nil
}

// skip names a file that cannot be used, once however often the list is gone through. The runner tells one
// wrapped ErrSkip a second, and a folder has many files in that time: so the words are told here.
func (s *source) skip(path string, cause error) error {
	s.counters.Errors.Add(1)
	if s.told[path] || len(s.told) > maxTold {
		return pipeline.ErrSkip
	}
	if s.told == nil {
		s.told = make(map[string]bool)
	}
	s.told[path] = true
	if len(s.told) > maxTold {
		s.log.Warn("more files cannot be used, from here on they are only counted as errors", "named", maxTold)
	} else {
		s.log.Warn("a file cannot be used and is skipped", "file", path, "cause", cause)
	}
	return pipeline.ErrSkip
}

// turn begins the list again, or says why not.
func (s *source) turn() error {
	switch {
	case s.good == 0 && len(s.paths) == 1:
		return fmt.Errorf("%s cannot be used as a picture: the log says why", s.paths[0])
	case s.good == 0:
		return fmt.Errorf("none of the %d files of %s can be used as a picture: the log says why", len(s.paths), s.cfg.Path)
	case !s.cfg.Loop:
		return pipeline.ErrEnd
	}
	s.again = true
	return s.scan()
}

// wait returns at that time, at once when it is over.
func wait(ctx context.Context, due time.Time) error {
	left := time.Until(due)
	if left <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(left)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// Close gives back what decoding needs.
func (s *source) Close() error { return s.load.close() }
