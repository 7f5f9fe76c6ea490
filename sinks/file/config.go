package file

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"framewire/pipeline"
	"framewire/pipeline/config"
	"framewire/pipeline/trigger"
	"framewire/sinks/file/internal/shelf"
	"framewire/sinks/internal/mux"
	"framewire/sinks/internal/pattern"
)

// Config is the file sink's settings.
type Config struct {
	Path       string          `yaml:"path" doc:"the recording; its extension chooses the container, .mkv, .avi or .mp4; {name} (of the pipeline), {date}, {time} and {seq} (the first number that is free) are filled in and missing folders are made"`
	Codec      string          `yaml:"codec" enum:"copy,re-encode,reencode,h264,avc1,mp4v" doc:"copy records JPEG frames as they come; h264 (also called avc1) and mp4v encode the pixels again, and re-encode (also reencode) takes the one that suits the container; defaults to copy"`
	Segment    Segment         `yaml:"segment" doc:"when the next file begins; no frame is lost between two files and none is in both"`
	Sync       time.Duration   `yaml:"sync" doc:"time after which frames are surely on the disk, so that a loss of power takes no more than that; 0s leaves it to the system"`
	Keep       Keep            `yaml:"keep" doc:"when old recordings are removed, the oldest first, and only finished ones of this path that stand in an index; needs segment or trigger"`
	Trigger    trigger.Config  `yaml:"trigger" doc:"records only when something happens: each time a clip, which goes on while more happens"`
	Prerecord  time.Duration   `yaml:"prerecord" doc:"with a trigger, how much of what came before it is in the clip; held in memory, in up to half of buffer"`
	Postrecord time.Duration   `yaml:"postrecord" doc:"with a trigger, how long the clip goes on after the last one"`
	Buffer     config.ByteSize `yaml:"buffer" doc:"frames that wait in memory for a disk that is slow, full or gone, in bytes; beyond it live frames are dropped and others wait"`
}

// Segment says when the next file begins.
type Segment struct {
	Every time.Duration   `yaml:"every" doc:"length of a file in time; 0s means no limit"`
	Bytes config.ByteSize `yaml:"bytes" doc:"size of a file; 0 means no limit"`
}

// Keep says how much is kept.
type Keep struct {
	Age   time.Duration   `yaml:"age" doc:"recordings older than this are removed, such as 30d; 0s means no limit"`
	Bytes config.ByteSize `yaml:"bytes" doc:"all recordings together stay below this; 0 means no limit"`
	Free  config.ByteSize `yaml:"free" doc:"so much of the disk stays free; 0 means no limit"`
}

// The words that codec may say beside the encoders' own names.
const (
	codecCopy     = "copy"
	codecReencode = "re-encode"
	codecOneWord  = "reencode" // the same
)

// defaults are the settings where the user says nothing.
func defaults() Config {
	return Config{Sync: time.Second, Postrecord: 10 * time.Second, Buffer: 64 << 20}
}

// encoders lists, for each container, the encoders that OpenCV's FFmpeg can put into it, the usual first.
func encoders(ext string) []string {
	switch ext {
	case ".mkv", ".mp4":
		return []string{"h264", "avc1", "mp4v"}
	case ".avi":
		return []string{"mp4v"}
	}
	return nil
}

// largestSide is the longest width or height that an encoder takes, in pixels: x264 sets its own limit, and
// MPEG-4 Part 2 (ISO/IEC 14496-2, section 6.2.3) writes sizes in 13 bits.
func largestSide(encoder string) int {
	if encoder == "mp4v" {
		return 1<<13 - 1
	}
	return 16384
}

func (c *Config) ext() string { return strings.ToLower(filepath.Ext(c.Path)) }

// encoder is the codec to encode with, or empty where frames are copied.
func (c *Config) encoder() string {
	switch c.Codec {
	case "", codecCopy:
		return ""
	case codecReencode, codecOneWord:
		return encoders(c.ext())[0]
	}
	return c.Codec
}

// triggered reports whether only clips are recorded.
func (c *Config) triggered() bool { return !c.Trigger.IsZero() }

// shelved reports whether recordings are put under their final name and into the index when they are
// finished; a single one has its name from the start.
func (c *Config) shelved() bool { return c.Segment != Segment{} || c.triggered() }

// unfinished is the name of a recording until it is finished. OpenCV's FFmpeg finds the container by the
// extension, so that stays at the end of what it encodes.
func (c *Config) unfinished(final string) string {
	if c.encoder() == "" {
		return final + shelf.Unfinished
	}
	ext := filepath.Ext(final)
	return strings.TrimSuffix(final, ext) + shelf.Unfinished + ext
}

// Validate reports settings that cannot work, all at once.
func (c *Config) Validate() error {
	if c.Path == "" {
		return pipeline.FieldErrorf("path", "for example path: rec/{name}-{date}-{time}.mkv", "is missing")
	}
	return errors.Join(c.checkContainer(), c.checkLimits(), c.checkTrigger())
}

func (c *Config) checkContainer() error {
	var all []error
	if err := pattern.Check(c.Path, pattern.Name, pattern.Date, pattern.Time, pattern.Seq); err != nil {
		all = append(all, pipeline.FieldErrorf("path", "", "%s", err))
	}
	known := encoders(c.ext())
	switch {
	case known == nil:
		all = append(all, pipeline.FieldErrorf("path", "the extension is one of .mkv, .avi, .mp4", "%q names no container that can be recorded", c.Path))
	case c.encoder() == "":
	case !slices.Contains(known, c.encoder()):
		all = append(all, pipeline.FieldErrorf("codec", "known for "+c.ext()+": "+strings.Join(known, ", "), "%q cannot be recorded into %s", c.Codec, c.ext()))
	case mux.EncoderMissing != "":
		all = append(all, pipeline.FieldErrorf("codec", "", "%q %s, or use copy", c.Codec, mux.EncoderMissing))
	}
	return errors.Join(all...)
}

// The least that some settings may be.
const (
	leastEvery  = time.Second
	leastBytes  = 64 << 10
	leastBuffer = 1 << 20
)

func (c *Config) checkLimits() error {
	var all []error
	for _, d := range []struct {
		field string
		time.Duration
	}{{"segment.every", c.Segment.Every}, {"sync", c.Sync}, {"keep.age", c.Keep.Age}, {"prerecord", c.Prerecord}, {"postrecord", c.Postrecord}} {
		if d.Duration < 0 {
			all = append(all, pipeline.FieldErrorf(d.field, "", "%s is below zero", d.Duration))
		}
	}
	if every := c.Segment.Every; every > 0 && every < leastEvery {
		all = append(all, pipeline.FieldErrorf("segment.every", "", "%s is less than %s", every, leastEvery))
	}
	if n := c.Segment.Bytes; n > 0 && n < leastBytes {
		all = append(all, pipeline.FieldErrorf("segment.bytes", "", "%s is less than %s", n, config.ByteSize(leastBytes)))
	}
	if c.Buffer < leastBuffer {
		all = append(all, pipeline.FieldErrorf("buffer", "", "%s is less than %s", c.Buffer, config.ByteSize(leastBuffer)))
	}
	if c.Keep != (Keep{}) && !c.shelved() {
		all = append(all, pipeline.FieldErrorf("segment", "for example segment: {every: 10m}", "is missing, and keep needs it: only finished files are removed"))
	}
	if c.Keep.Bytes > 0 && c.Keep.Bytes <= c.Segment.Bytes {
		all = append(all, pipeline.FieldErrorf("keep.bytes", "", "%s holds no file of segment.bytes %s", c.Keep.Bytes, c.Segment.Bytes))
	}
	return errors.Join(all...)
}

func (c *Config) checkTrigger() error {
	all := []error{c.Trigger.Validate("trigger")}
	if c.Prerecord > 0 && !c.triggered() {
		all = append(all, pipeline.FieldErrorf("prerecord", "for example trigger: {motion: true}", "needs a trigger"))
	}
	if c.Prerecord > 0 && c.encoder() != "" {
		all = append(all, pipeline.FieldErrorf("prerecord", "leave codec out", "holds JPEG frames, and codec %q wants pixels", c.Codec))
	}
	return errors.Join(all...)
}
