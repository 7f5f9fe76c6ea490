package snapshot

import (
	"path"
	"strings"
	"time"

	"framewire/pipeline"
	"framewire/sinks/internal/pattern"
)

// unnamed is the pattern for frames that bring no name.
const unnamed = pattern.Name + "-" + pattern.Date + "-" + pattern.Time + "-" + pattern.Seq

// what is all that a picture's name depends on.
type what struct {
	meta  pipeline.Meta
	codec pipeline.Codec
	taken time.Time
	seq   uint64
}

// name is where a picture goes, relative to the folder. A photo's own name and folders stay to the letter
// where they are safe and the extension says what is in the file.
func (s *sink) name(w what) string {
	own := pattern.SafePath(w.meta.Name)
	values := pattern.Values{Name: s.env.Pipeline, Photo: own, Time: w.taken, Seq: w.seq}
	if values.Time.IsZero() {
		values.Time = time.Now()
	}
	ext := s.extension(own, w.codec)
	switch {
	case s.cfg.Name != "":
		return pattern.Expand(s.cfg.Name+ext, values)
	case own == "":
		return pattern.Expand(unnamed+ext, values)
	case ext == path.Ext(own):
		return own
	}
	return path.Join(path.Dir(own), pattern.Expand(pattern.Photo+ext, values))
}

// extension is what a picture's name ends with. A file of any kind keeps its own, and so does a photo whose
// extension fits what the file will hold.
func (s *sink) extension(own string, codec pipeline.Codec) string {
	ext := path.Ext(own)
	if codec == pipeline.CodecFile || s.cfg.Name == "" && s.fits(ext) {
		return ext
	}
	return "." + s.cfg.Format
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

// finds reports whether the picture's name alone tells where it would stand.
func (s *sink) finds(meta pipeline.Meta) bool {
	if s.cfg.Format != "jpg" || s.cfg.Every > 0 || s.cfg.Count > 0 {
		return false
	}
	for _, changing := range []string{pattern.Date, pattern.Time, pattern.Seq} {
		if strings.Contains(s.cfg.Name, changing) {
			return false
		}
	}
	own := pattern.SafePath(meta.Name) != ""
	return own || s.cfg.Name != "" && !strings.Contains(s.cfg.Name, pattern.Photo)
}
