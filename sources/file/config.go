package file

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"framewire/pipeline"
	"framewire/sources/internal/pace"
)

// Config is what a user sets for a file source.
type Config struct {
	Path        string        `yaml:"path" doc:"a video file, a folder of recordings, or a URL such as http://host/clip.mp4 or rtsp://host/stream"`
	Loop        bool          `yaml:"loop" doc:"begin again after the last picture; presentation times go on"`
	Start       time.Duration `yaml:"start" doc:"where to begin, counted from the first picture; behind the end it is the last picture"`
	Speed       float64       `yaml:"speed" doc:"with pace realtime: how many times as fast as the clip's own times, from 0.0625 to 16; presentation times stay the clip's own"`
	Pace        pace.Pace     `yaml:"pace" enum:"realtime,fast" doc:"realtime gives each picture when it is due by the clip's own times and lets slow stages drop some; fast gives them as quickly as the chain takes them and loses none"`
	Passthrough Passthrough   `yaml:"passthrough" enum:"auto,off" doc:"auto hands the JPEG images of a Motion JPEG clip on untouched where the chain takes JPEG; off always decodes"`
}

// Defaults are the settings of a file source that the user says nothing about.
func Defaults() Config { return Config{Speed: 1, Pace: pace.Realtime, Passthrough: Auto} }

// Validate reports settings that cannot work.
func (c *Config) Validate() error {
	var all []error
	if strings.TrimSpace(c.Path) == "" {
		all = append(all, pipeline.FieldErrorf("path", "name a video file, such as clip.mp4, a folder of recordings or a URL", "is missing"))
	}
	if scheme, _ := schemeOf(c.Path); scheme != "" && !slices.Contains(schemes(), scheme) {
		all = append(all, pipeline.FieldErrorf("path", "known are "+strings.Join(schemes(), ", "), "unknown kind of URL %q", scheme+"://"))
	}
	if c.Start < 0 {
		all = append(all, pipeline.FieldErrorf("start", "0s is the first picture", "%s is below zero", c.Start))
	}
	if !(c.Speed >= slowest && c.Speed <= fastest) {
		all = append(all, pipeline.FieldErrorf("speed", "1 is the clip's own, 2 twice as fast", "%g is not between %g and %g", c.Speed, slowest, fastest))
	}
	return errors.Join(all...)
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
		Summary:  "plays a video file, a folder of recordings or a URL",
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
	"Matroska, fragmented MP4, AVI, a plain file of concatenated images (`.mjpeg`) or an IP camera's multipart stream is read without " +
	"them, and works in the plain build as well: its images pass untouched where the chain takes JPEG, with the " +
	"clip's own times. Missing Huffman tables are filled in. A portrait clip is turned when it is decoded; when its " +
	"images pass untouched, the rotation travels with the frame. Colours are brought to those of JPEG (BT.601, full " +
	"range); a clip that does not tell its own is taken for BT.601. Sound tracks are ignored.\n\n" +
	"Of a folder all videos are played, one after the other: those that the recorder has noted in its `index.jsonl` in the " +
	"order in which they began, others by their names (9 before 10), then those of the folders in it. What was not recorded " +
	"between two is a pause of a second at most. Files that are being written (`.part`) are left out.\n\n" +
	"While it plays, the keys of a window or terminal pause it, step, change the speed and seek, in files of every kind; the " +
	"command `framewire play` is made for that.\n\n" +
	"A file that is cut off plays up to its last whole picture. A local playlist is refused: a file opens no other. A URL whose connection breaks is opened again."
