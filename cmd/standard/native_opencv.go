//go:build opencv

package standard

import "gocv.io/x/gocv"

func native() string { return "OpenCV " + gocv.OpenCVVersion() }
