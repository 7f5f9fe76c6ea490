//go:build opencv

package standard

import "framewire/pipeline/native"

func builtWith() string { return "OpenCV " + native.Version() }
