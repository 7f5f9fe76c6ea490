// Package motion is a filter that marks the pictures in which something moves (pipeline.Meta.Motion). It
// changes no picture and drops none: JPEG passes byte for byte. It needs neither OpenCV nor a network.
//
// A few times a second it makes a thumbnail of the picture's brightness and compares that with a model of the
// scene. The steps are in Model; what is done to a frame in filter.Apply.
package motion

import (
	"errors"
	"fmt"
	"time"

	"framewire/filters/internal/area"
	"framewire/pipeline"
)

// Config is the configuration of the filter.
type Config struct {
	Method      Method        `yaml:"method" enum:"background,difference" doc:"what a picture is compared with: background is what the place usually looks like, and sees slow things too; difference is the picture looked at before"`
	Threshold   float64       `yaml:"threshold" doc:"percent of the regions' area that must have changed"`
	Sensitivity int           `yaml:"sensitivity" doc:"how small a change of brightness counts, 1 to 100"`
	Regions     []area.Area   `yaml:"regions" doc:"the parts of the picture, as it is seen, to look at; without any everywhere"`
	Hold        time.Duration `yaml:"hold" doc:"how long pictures stay marked after the last motion"`
	Every       time.Duration `yaml:"every" doc:"time from one look to the next; 0 looks at each picture. Without OpenCV a JPEG stream is looked at four times a second at most"`
}

func defaults() Config {
	return Config{Method: Background, Threshold: 0.5, Sensitivity: 50, Hold: 2 * time.Second, Every: 100 * time.Millisecond}
}

// maxHold is how long a mark may stay.
const maxHold = 24 * time.Hour

// Method says what a picture is compared with.
type Method string

// The methods.
const (
	Background Method = "background" // what the scene has looked like for some seconds
	Difference Method = "difference" // the picture that was looked at before
)

// UnmarshalText accepts the names that a config may use.
func (m *Method) UnmarshalText(text []byte) error {
	switch v := Method(text); v {
	case Background, Difference:
		*m = v
		return nil
	}
	return fmt.Errorf("%q is none of background, difference", text)
}

// Validate reports settings that make no sense.
func (c *Config) Validate() error {
	var all []error
	fault := func(field, hint, format string, args ...any) {
		all = append(all, pipeline.FieldErrorf(field, hint, format, args...))
	}
	if !(c.Threshold > 0 && c.Threshold <= 100) {
		fault("threshold", "0.5 suits most scenes", "%g is not above 0 and at most 100", c.Threshold)
	}
	if c.Sensitivity < 1 || c.Sensitivity > 100 {
		fault("sensitivity", "50 suits most cameras", "%d is not between 1 and 100", c.Sensitivity)
	}
	if c.Hold < 0 || c.Hold > maxHold {
		fault("hold", "", "%s is not between 0s and %s", c.Hold, maxHold)
	}
	if c.Every < 0 {
		fault("every", "", "%s is below zero", c.Every)
	}
	return errors.Join(all...)
}

// Spec describes the filter.
func Spec() pipeline.Spec {
	return pipeline.FilterSpec[Config]{
		Name:    "motion",
		Summary: "marks pictures in which something moves",
		Doc: "Marks frames for outputs that act on motion, such as a recorder with `trigger: {motion: true}`; it drops " +
			"nothing, and the log and the status line tell when motion begins and ends. Brightness is compared on a " +
			"thumbnail of 160 pixels. The noise of each part is learned, what has come to rest is part of the scene after three seconds, and a " +
			"change of more than half of the whole picture at once counts as light, not as motion.\n\n" +
			"```yaml\n# fragment\nfilters:\n  - type: motion\n    threshold: 1\n    regions:\n" +
			"      - {x: 0, y: 40%}   # all but the sky\n```",
		Defaults: defaults(),
		Accepts:  anyPicture,
		HandsOn:  true,
		New: func(c *Config, env pipeline.Env) (pipeline.Filter, error) {
			return newFilter(*c, env)
		},
	}.Spec()
}

// anyPicture is what goes in, and comes out as it is.
func anyPicture(*Config) []pipeline.Format {
	return []pipeline.Format{pipeline.AnyJPEG, pipeline.AnyRaw}
}
