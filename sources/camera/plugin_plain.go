//go:build !opencv

package camera

import (
	"errors"

	"framewire/pipeline"
)

const missing = "needs OpenCV: build with `make build`"

// newPlugin is not called: the spec says that the plugin is missing.
func newPlugin(*Config, pipeline.Env) (pipeline.Source, error) { return nil, errors.New(missing) }
