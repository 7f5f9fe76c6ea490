package file

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"

	"framewire/pipeline"
	"framewire/sinks/internal/pattern"
)

// Config is the file sink's settings.
type Config struct {
	Path  string `yaml:"path" doc:"the recording; its extension chooses the container, .mkv, .avi or .mp4; {name} (of the pipeline), {date}, {time} and {seq} (the first number that is free) are filled in and missing folders are made"`
	Codec string `yaml:"codec" enum:"copy,re-encode,reencode,h264,avc1,mp4v" doc:"copy records JPEG frames as they come; h264 (also called avc1) and mp4v encode the pixels again, and re-encode (also reencode) takes the one that suits the container; defaults to copy for .mkv and .avi and to re-encode for .mp4"`
}

// The words that codec may say beside the encoders' own names.
const (
	codecCopy     = "copy"
	codecReencode = "re-encode"
	codecOneWord  = "reencode" // the same
)

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
	case codecCopy:
		return ""
	case codecReencode, codecOneWord:
		return encoders(c.ext())[0]
	case "":
		if c.ext() == ".mp4" {
			return encoders(".mp4")[0]
		}
		return ""
	}
	return c.Codec
}

// Validate reports settings that cannot work, all at once.
func (c *Config) Validate() error {
	if c.Path == "" {
		return pipeline.FieldErrorf("path", "for example path: rec/{name}-{date}-{time}.mkv", "is missing")
	}
	var all []error
	if err := pattern.Check(c.Path, pattern.Name, pattern.Date, pattern.Time, pattern.Seq); err != nil {
		all = append(all, pipeline.FieldErrorf("path", "", "%s", err))
	}
	known := encoders(c.ext())
	switch {
	case known == nil:
		all = append(all, pipeline.FieldErrorf("path", "the extension is one of .mkv, .avi, .mp4", "%q names no container that can be recorded", c.Path))
	case c.Codec == codecCopy && c.ext() == ".mp4":
		all = append(all, pipeline.FieldErrorf("codec", "record to .mkv, or leave codec out to encode again", `"copy" does not go with .mp4, which players expect no JPEG frames in`))
	case c.encoder() == "":
	case !slices.Contains(known, c.encoder()):
		all = append(all, pipeline.FieldErrorf("codec", "known for "+c.ext()+": "+strings.Join(known, ", "), "%q cannot be recorded into %s", c.Codec, c.ext()))
	case encoderMissing != "" && c.ext() == ".mp4":
		all = append(all, pipeline.FieldErrorf("path", "", "recording to .mp4 %s, or record to .mkv", encoderMissing))
	case encoderMissing != "":
		all = append(all, pipeline.FieldErrorf("codec", "", "%q %s, or use copy", c.Codec, encoderMissing))
	}
	return errors.Join(all...)
}

// Spec describes the file sink.
func Spec() pipeline.Spec {
	return pipeline.SinkSpec[Config]{
		Name:    "file",
		Summary: "records into a Matroska, AVI or MP4 file",
		Doc: "An existing recording is never overwritten: where the name is taken a number is added, and " +
			"`{seq}` stands for the first number that is free. A new file begins when the picture's size changes.\n\n" +
			"- `.mkv` keeps JPEG frames byte for byte and each frame's own time. Every frame is in the file as soon as it " +
			"was written: a recording that is cut off by a crash plays to the last frame.\n" +
			"- `.avi` keeps JPEG frames byte for byte on a constant rate, found from the first second; places where no frame " +
			"came are marked. It holds 2 GB, then the next file begins. Cut off, it plays but cannot be searched. It does not say how a picture is to be turned.\n" +
			"- `.mp4` encodes again, on a constant rate too, repeating or leaving out frames to keep real time. It needs its " +
			"end: cut off by a crash it cannot be played. An odd width or height loses its last column or row.",
		Accepts: func(cfg *Config) []pipeline.Format {
			if cfg.encoder() != "" {
				return []pipeline.Format{{Codec: pipeline.CodecRaw, Layout: pipeline.LayoutBGR}}
			}
			return []pipeline.Format{pipeline.AnyJPEG}
		},
		Queue: func(*Config) pipeline.Queue { return pipeline.Queue{Size: 64, WhenFull: pipeline.Block} },
		New: func(cfg *Config, env pipeline.Env) (pipeline.Sink, error) {
			if err := cfg.Validate(); err != nil {
				return nil, err
			}
			return newSink(*cfg, env), nil
		},
	}.Spec()
}
