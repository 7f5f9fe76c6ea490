// Package image is a source of still pictures from files: one file, a folder, a tree of folders or a
// pattern, in natural order, once or as they come. It knows of each what became of it where the chain
// confirms. JPEG files pass as they are; what else is a picture, package codecs/still decodes.
package image

import (
	"errors"
	"time"

	"framewire/pipeline"
	"framewire/pipeline/config"
)

// Config is the configuration of the source.
type Config struct {
	Path      string        `yaml:"path" doc:"a picture, a folder of pictures, or a pattern such as photos/*.jpg; in natural order, so that 9.jpg comes before 10.jpg"`
	Recursive bool          `yaml:"recursive" doc:"take the folders inside the folder too; the names that travel with the pictures keep them"`
	Interval  time.Duration `yaml:"interval" doc:"time from one picture to the next; 0 gives them as fast as the chain takes them"`
	Loop      bool          `yaml:"loop" doc:"begin again after the last picture, with those that are there by then"`

	Watch   bool          `yaml:"watch" doc:"go on with what comes into the folder, and remember in the journal what was delivered"`
	Settle  time.Duration `yaml:"settle" doc:"with watch: how long a file must stay unchanged to count as complete; a file that looks cut off gets three times as long"`
	Journal string        `yaml:"journal" doc:"with watch: the file that remembers what was delivered, one for each receiver; empty means .framewire-journal in the folder"`

	Original bool        `yaml:"original" doc:"give every file of the folder as it is, whatever it is, and not only pictures"`
	Resize   config.Size `yaml:"resize" doc:"make larger pictures fit inside WIDTHxHEIGHT pixels, upright and in their own proportions; empty leaves their size"`
	Quality  int         `yaml:"quality" doc:"encode every picture anew as JPEG of this quality, from 1 to 100; 0 leaves JPEG files as they are and takes 90 where resize makes a new one"`
}

func defaults() Config { return Config{Settle: time.Second} }

// Validate reports settings that make no sense.
func (c *Config) Validate() error {
	var faults []error
	fault := func(field, hint, format string, args ...any) {
		faults = append(faults, pipeline.FieldErrorf(field, hint, format, args...))
	}
	if c.Path == "" {
		fault("path", "name a picture, a folder of pictures or a pattern such as photos/*.jpg", "is missing")
	}
	if c.Interval < 0 {
		fault("interval", "", "%s is below zero", c.Interval)
	}
	if c.Settle < 0 {
		fault("settle", "", "%s is below zero", c.Settle)
	}
	if c.Watch && c.Loop {
		fault("loop", "leave one of them out", "watch goes on by itself and gives each picture once")
	}
	if c.Journal != "" && !c.Watch {
		fault("journal", "set `watch: true`, or leave it out", "is used with watch only")
	}
	if c.Quality < 0 || c.Quality > 100 {
		fault("quality", "90 is a good start, 0 leaves the pictures as they are", "%d is not between 0 and 100", c.Quality)
	}
	if c.Original && (c.Quality != 0 || c.Resize != config.Size{}) {
		fault("original", "leave out resize and quality, or original", "files cannot stay as they are and be made anew")
	}
	return errors.Join(faults...)
}

// Spec describes the source.
func Spec() pipeline.Spec {
	return pipeline.SourceSpec[Config]{
		Name:     "image",
		Summary:  "still pictures from files",
		Doc:      manual,
		Defaults: defaults(),
		Gives: func(c *Config) []pipeline.Format {
			if c.Original {
				return []pipeline.Format{pipeline.AnyFile}
			}
			return []pipeline.Format{pipeline.AnyJPEG, {Codec: pipeline.CodecRaw, Layout: pipeline.LayoutBGR}}
		},
		New: func(c *Config, env pipeline.Env) (pipeline.Source, error) { return newSource(*c, env), nil },
	}.Spec()
}

const manual = "JPEG files pass byte for byte, with everything in them, where the chain takes JPEG. PNG, GIF (its first " +
	"picture), WebP, BMP and TIFF are decoded, transparent parts laid over white, and so are HEIC and AVIF where the " +
	"installed OpenCV reads them. What a file is, its bytes say, not its name. In a folder the files named .jpg, .jpeg, " +
	".jpe, .jfif, .png, .gif, .webp, .bmp, .tif, .tiff, .heic, .heif and .avif are taken, hidden ones left out; links to " +
	"files are followed, links to folders are not. The file's name travels with the picture, below the folder that is " +
	"sent and with / between: `holiday/IMG_1.jpg`. How a camera was held (EXIF) is told to the window for JPEG that " +
	"passes; what is decoded is turned upright, and what is made anew (`resize`, `quality`) carries nothing but the picture.\n\n" +
	"A file that cannot be used is skipped, logged and counted as an error; when no file can be used, the pipeline fails. " +
	"Where an output confirms what arrived, the source waits for the word about each photo, tries again what did " +
	"not arrive, and at the end fails with the names of those that are not confirmed.\n\n" +
	"With `watch: true` it goes on with files that come into the folder, each when it is complete. What was delivered " +
	"stands in the journal, so that after a restart, however it came about, no photo is sent twice and none is forgotten. A file that " +
	"changes is sent again. The journal is about one receiver: two pipelines that watch the same folder need one each, and " +
	"deleting it sends everything again. What a receiver refuses and what cannot be read is tried again later, after a minute at first and an hour at last. Where no output confirms, what was handed on counts as delivered.\n\n" +
	"```yaml\n# fragment\nsource: {type: image, path: /home/me/photos, watch: true, recursive: true}\n```"
