package camera

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"framewire/pipeline"
	"framewire/pipeline/config"
	"framewire/sources/internal/photo"
)

// Config is what a user sets for a camera.
type Config struct {
	Device  string        `yaml:"device" doc:"which camera: an index, a path such as /dev/video0, or a stable id as the devices command prints it, which finds the camera again on whatever path it gets"`
	Size    config.Size   `yaml:"size" doc:"width and height to ask for, in pixels; defaults to what the camera is set to"`
	FPS     float64       `yaml:"fps" doc:"pictures a second to ask for; 0 leaves it to the camera"`
	Format  Format        `yaml:"format" enum:"auto,mjpg,raw" doc:"what to ask the camera for: mjpg is JPEG images made by the camera, raw is pixels, auto is mjpg where that is better and the camera has it"`
	Timeout time.Duration `yaml:"timeout" doc:"how long the camera may give no picture before it is opened again"`

	photo.Config
}

// Defaults are the settings of a camera that the user says nothing about.
func Defaults() Config { return Config{Device: "0", Format: Auto, Timeout: 5 * time.Second} }

// Validate reports settings that cannot work.
func (c *Config) Validate() error {
	var all []error
	if strings.TrimSpace(c.Device) == "" {
		all = append(all, pipeline.FieldErrorf("device", "0 is the first camera; `framewire devices` lists them", "is missing"))
	}
	if c.FPS < 0 || c.FPS > 1000 || c.FPS != c.FPS {
		all = append(all, pipeline.FieldErrorf("fps", "0 leaves it to the camera", "%g is not between 0 and 1000", c.FPS))
	}
	if c.Timeout < 100*time.Millisecond || c.Timeout > time.Hour {
		all = append(all, pipeline.FieldErrorf("timeout", "5s suits most cameras", "%s is not between 100ms and 1h", c.Timeout))
	}
	return errors.Join(append(all, c.Check())...)
}

// Format says what a camera is asked for.
type Format string

// The formats to ask for.
const (
	Auto Format = "auto" // MJPG where the chain takes JPEG or raw pixels would be slower, else raw
	MJPG Format = "mjpg" // JPEG images, as most USB cameras need for high rates
	Raw  Format = "raw"  // pixels, uncompressed
)

// UnmarshalText accepts the names that a config may use.
func (f *Format) UnmarshalText(text []byte) error {
	switch v := Format(text); v {
	case Auto, MJPG, Raw:
		*f = v
		return nil
	}
	return fmt.Errorf("%q is none of auto, mjpg, raw", text)
}

// Spec describes the plugin.
func Spec() pipeline.Spec {
	return pipeline.SourceSpec[Config]{
		Name:     "camera",
		Summary:  "takes pictures from a camera",
		Doc:      specDoc,
		Missing:  missing,
		Defaults: Defaults(),
		Gives:    gives,
		New:      newPlugin,
	}.Spec()
}

// gives is JPEG or pixels, except where JPEG is not to be asked for; which of them only the opened camera tells.
func gives(cfg *Config) []pipeline.Format {
	bgr := pipeline.Format{Codec: pipeline.CodecRaw, Layout: pipeline.LayoutBGR}
	if cfg.Format == Raw {
		return []pipeline.Format{bgr}
	}
	return []pipeline.Format{pipeline.AnyJPEG, bgr}
}

const specDoc = "The camera is always read, so that a slow chain gets the newest picture; pictures that were " +
	"replaced count as dropped. JPEG images from the camera pass untouched where the chain takes JPEG. What was " +
	"asked for, what the camera granted and the rate that was measured are logged. A camera that was unplugged or " +
	"gives nothing for `timeout` is opened again until it is back; a stable id finds it on whatever path it gets.\n\n" +
	"With `every` or `trigger` it gives single pictures instead of a live stream: one in each interval, one whenever " +
	"somebody asks, or both. The camera is read all the while, so that its exposure has settled and a picture is the first one after " +
	"the moment it was asked for. Each has a name, camera-DATE-TIME-NUMBER.jpg, and none is dropped: while the chain is held up, " +
	"the clock's further pictures are not taken and count as dropped. Where the receiver confirms them (`delivery`), the pipeline " +
	"fails at its end when one was not.\n\n" +
	"On Linux cameras are used through V4L2, elsewhere through OpenCV's default. `framewire devices` lists the " +
	"cameras with their ids, formats, sizes and rates (Linux only)."
