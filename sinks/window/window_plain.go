//go:build !opencv

package window

import "framewire/pipeline"

// missing says why this build has no window.
const missing = "needs OpenCV: build with `make build`"

func newSinks() func(*Config, pipeline.Env) (pipeline.Sink, error) { return nil }
