// Package rotate is the filter that turns pictures by quarters of a circle, and mirrors them.
package rotate

import (
	"fmt"

	"framewire/filters/internal/raster"
	"framewire/pipeline"
)

// Config is what a user can set.
type Config struct {
	Degrees int           `yaml:"degrees" doc:"degrees clockwise: 90, 180 or 270; 0 only mirrors"`
	Mirror  raster.Mirror `yaml:"mirror" enum:"horizontal,vertical" doc:"mirror the turned picture: horizontal changes left and right, vertical top and bottom; defaults to neither"`
}

// Validate reports settings that make no sense.
func (c *Config) Validate() error {
	switch c.Degrees {
	case 90, 180, 270:
		return nil
	case 0:
		if c.Mirror != "" {
			return nil
		}
		return pipeline.FieldErrorf("degrees", "write 90, 180 or 270", "is missing")
	case -90, -180, -270:
		return pipeline.FieldErrorf("degrees", fmt.Sprintf("clockwise that is %d", c.Degrees+360), "%d is below zero", c.Degrees)
	}
	return pipeline.FieldErrorf("degrees", "write 90, 180 or 270", "%d is not a quarter, half or three quarters of a turn", c.Degrees)
}

// Spec describes the filter.
func Spec() pipeline.Spec {
	return pipeline.FilterSpec[Config]{
		Name:    "rotate",
		Summary: "turns pictures by 90, 180 or 270 degrees",
		Doc: "For a camera that hangs on its side or upside down. In a picture that is to be turned when it is shown (a portrait photo) " +
			"both turns add up. See `flip` for mirroring alone.\n\n" +
			"```yaml\n# fragment\nfilters:\n  - type: rotate\n    degrees: 180\n```",
		Workers: func(*Config) int { return 0 },
		New: func(cfg *Config, _ pipeline.Env) (pipeline.Filter, error) {
			return raster.NewFilter(raster.Turn{Degrees: cfg.Degrees}.Then(cfg.Mirror.Turn())), nil
		},
	}.Spec()
}
