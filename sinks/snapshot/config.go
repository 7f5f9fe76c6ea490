package snapshot

import (
	"errors"
	"path/filepath"
	"strings"
	"time"

	"framewire/pipeline"
	"framewire/pipeline/config"
	"framewire/pipeline/filesystem"
	"framewire/sinks/internal/pattern"
)

// Config is the snapshot sink's settings.
type Config struct {
	Dir      string          `yaml:"dir" doc:"folder that the pictures go to; it is made where it is missing, and nothing is ever written outside it"`
	Every    time.Duration   `yaml:"every" doc:"time between two pictures by the stream's own clock; 0s saves every frame"`
	Count    int             `yaml:"count" doc:"number of pictures after which this output is done; 0 means no limit"`
	Format   string          `yaml:"format" enum:"jpg,png" doc:"jpg saves JPEG images and files of any kind byte for byte as they came, png saves the decoded pixels without loss and upright"`
	Name     string          `yaml:"name" doc:"name of a picture without its extension: {name} (of the pipeline), {photo} (the photo's own name, without folders), {date}, {time} and {seq} (the frame's number) are filled in and / makes folders; defaults to the photo's own name and folders where it has them and to {name}-{date}-{time}-{seq} elsewhere"`
	MaxBytes config.ByteSize `yaml:"max_bytes" doc:"most bytes that all files below dir may have, whoever put them there, with those that have come in part; a picture beyond it is refused; 0 means no limit"`
	MaxFiles int             `yaml:"max_files" doc:"most files that may be below dir, whoever put them there; a picture beyond it is refused; 0 means no limit"`
	MinFree  config.ByteSize `yaml:"min_free" doc:"space in bytes that stays free on the disk; a picture for which it would not is refused; 0 means none"`
}

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
	if c.MaxBytes < 0 {
		all = append(all, pipeline.FieldErrorf("max_bytes", "0 means no limit", "%d is below zero", c.MaxBytes))
	}
	if c.MaxFiles < 0 {
		all = append(all, pipeline.FieldErrorf("max_files", "0 means no limit", "%d is below zero", c.MaxFiles))
	}
	switch {
	case c.MinFree < 0:
		all = append(all, pipeline.FieldErrorf("min_free", "0 means none", "%d is below zero", c.MinFree))
	case c.MinFree > 0 && !filesystem.KnowsFree:
		all = append(all, pipeline.FieldErrorf("min_free", "leave it out, max_bytes works", "free disk space is not known on this system"))
	}
	return errors.Join(all...)
}
