// Package window is the sink that shows frames in a window of the desktop, with OpenCV's highgui. Only a
// build with OpenCV has it; its name and fields are known everywhere. It shows pixels: the chain puts the
// decoder in front of it.
package window

import (
	"errors"

	"framewire/pipeline"
	"framewire/pipeline/config"
)

// Config is the window's settings.
type Config struct {
	Title      string      `yaml:"title" doc:"what the window's title says; defaults to framewire and the pipeline's name"`
	Fullscreen bool        `yaml:"fullscreen" doc:"begins on the whole screen"`
	Size       config.Size `yaml:"size" doc:"size of the window at the beginning; defaults to the picture's own, or to what fits the screen"`
	Snapshots  string      `yaml:"snapshots" doc:"folder that the key s saves pictures to, as PNG files"`
}

// Validate reports settings that cannot work.
func (c *Config) Validate() error {
	var all []error
	if c.Size != (config.Size{}) && (c.Size.Width < 1 || c.Size.Height < 1 || c.Size.Width > 16384 || c.Size.Height > 16384) {
		all = append(all, pipeline.FieldErrorf("size", "", "%s is not between 1x1 and 16384x16384", c.Size))
	}
	if c.Snapshots == "" {
		all = append(all, pipeline.FieldErrorf("snapshots", "for example snapshots: . for the current folder", "is missing"))
	}
	return errors.Join(all...)
}

// Spec describes the window. All windows made from one Spec know of each other, so that a key goes to the
// one it was meant for.
func Spec() pipeline.Spec {
	return pipeline.SinkSpec[Config]{
		Name:    "window",
		Summary: "shows the pictures in a window",
		Doc: "Keys: `q` or Esc closes the window and ends the pipeline, as closing it with the mouse does; `s` saves the " +
			"picture; `f` goes to the whole screen and back; space pauses; `i` shows rate, latency and size. Where a " +
			"recording is played, space pauses that, `.` goes one picture further, `+` and `-` play it faster and slower, " +
			"and the right and left arrow seek ten seconds. With several windows a key belongs to the one that the pointer " +
			"was in last.\n\n" +
			"It needs a desktop: an X display, or Xwayland.",
		Missing:  missing,
		Defaults: Config{Snapshots: "snapshots"},
		Accepts: func(*Config) []pipeline.Format {
			return []pipeline.Format{{Codec: pipeline.CodecRaw, Layout: pipeline.LayoutBGR}}
		},
		Queue: func(*Config) pipeline.Queue { return pipeline.Queue{Size: 1} },
		New:   newSinks(),
	}.Spec()
}
