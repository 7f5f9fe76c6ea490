package file

import (
	"fmt"
	"slices"
	"strings"

	"framewire/pipeline"
)

// Config is what a user sets for a file source.
type Config struct {
	Path        string      `yaml:"path" doc:"a video file, or a URL such as http://host/clip.mp4 or rtsp://host/stream"`
	Loop        bool        `yaml:"loop" doc:"begin again after the last picture; presentation times go on"`
	Pace        Pace        `yaml:"pace" enum:"realtime,fast" doc:"realtime gives each picture when it is due by the clip's own times and lets slow stages drop some; fast gives them as quickly as the chain takes them and loses none"`
	Passthrough Passthrough `yaml:"passthrough" enum:"auto,off" doc:"auto hands the JPEG images of a Motion JPEG clip on untouched where the chain takes JPEG; off always decodes"`
}

// Defaults are the settings of a file source that the user says nothing about.
func Defaults() Config { return Config{Pace: Realtime, Passthrough: Auto} }

// Validate reports settings that cannot work.
func (c *Config) Validate() error {
	if strings.TrimSpace(c.Path) == "" {
		return pipeline.FieldErrorf("path", "name a video file, such as clip.mp4, or a URL", "is missing")
	}
	if scheme, _ := schemeOf(c.Path); scheme != "" && !slices.Contains(schemes(), scheme) {
		return pipeline.FieldErrorf("path", "known are "+strings.Join(schemes(), ", "), "unknown kind of URL %q", scheme+"://")
	}
	return nil
}

// Pace says how quickly the pictures come.
type Pace string

// The paces of a file source.
const (
	Realtime Pace = "realtime" // by the clip's timestamps; a live stream
	Fast     Pace = "fast"     // as quickly as the chain takes them; nothing is dropped
)

// UnmarshalText accepts the names that a config may use.
func (p *Pace) UnmarshalText(text []byte) error {
	switch v := Pace(text); v {
	case Realtime, Fast:
		*p = v
		return nil
	}
	return fmt.Errorf("%q is none of realtime, fast", text)
}

// Passthrough says whether encoded pictures may be handed on as they are.
type Passthrough string

// The ways of a file source with Motion JPEG.
const (
	Auto Passthrough = "auto" // untouched where the chain takes JPEG
	Off  Passthrough = "off"  // always decoded
)

// UnmarshalText accepts the names that a config may use.
func (p *Passthrough) UnmarshalText(text []byte) error {
	switch v := Passthrough(text); v {
	case Auto, Off:
		*p = v
		return nil
	}
	return fmt.Errorf("%q is none of auto, off", text)
}

// Spec describes the plugin.
func Spec() pipeline.Spec {
	return pipeline.SourceSpec[Config]{
		Name:     "file",
		Summary:  "plays a video file or a URL",
		Doc:      specDoc,
		Defaults: Defaults(),
		Gives:    gives,
		New: func(cfg *Config, env pipeline.Env) (pipeline.Source, error) {
			return newSource(*cfg, env), nil
		},
	}.Spec()
}

// gives is nil where only the opened clip tells whether its pictures are JPEG.
func gives(cfg *Config) []pipeline.Format {
	if cfg.Passthrough == Off {
		return []pipeline.Format{
			{Codec: pipeline.CodecRaw, Layout: pipeline.LayoutI420},
			{Codec: pipeline.CodecRaw, Layout: pipeline.LayoutBGR},
			{Codec: pipeline.CodecRaw, Layout: pipeline.LayoutGray},
		}
	}
	return nil
}

const specDoc = "Any video that FFmpeg's libraries open is played, over http, https and rtsp too. Motion JPEG in " +
	"Matroska, AVI, a plain file of concatenated images (`.mjpeg`) or an IP camera's multipart stream is read without " +
	"them, and works in the plain build as well: its images pass untouched where the chain takes JPEG, with the " +
	"clip's own times. Missing Huffman tables are filled in. A portrait clip is turned when it is decoded; when its " +
	"images pass untouched, the rotation travels with the frame. Colours are brought to those of JPEG (BT.601, full " +
	"range); a clip that does not tell its own is taken for BT.601. Sound tracks are ignored.\n\n" +
	"A file that is cut off plays up to its last whole picture. A local playlist is refused: a file opens no other. A URL whose connection breaks is opened again."
