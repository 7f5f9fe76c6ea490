// Package flip is the filter that mirrors pictures.
package flip

import (
	"framewire/filters/internal/raster"
	"framewire/pipeline"
)

// Config is what a user can set.
type Config struct {
	Mirror raster.Mirror `yaml:"mirror" enum:"horizontal,vertical" doc:"horizontal changes left and right, vertical top and bottom"`
}

// Spec describes the filter.
func Spec() pipeline.Spec {
	return pipeline.FilterSpec[Config]{
		Name:    "flip",
		Summary: "mirrors pictures",
		Doc: "For a picture of oneself that moves as in a mirror, or a camera behind one. A picture that is to be turned when it is " +
			"shown is mirrored as it is seen.",
		Defaults: Config{Mirror: raster.Horizontal},
		Workers:  func(*Config) int { return 0 },
		New: func(cfg *Config, _ pipeline.Env) (pipeline.Filter, error) {
			return raster.NewFilter(cfg.Mirror.Turn()), nil
		},
	}.Spec()
}
