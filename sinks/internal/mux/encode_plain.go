//go:build !opencv

package mux

import (
	"errors"

	"framewire/pipeline"
)

// EncoderMissing says why this build encodes no video.
const EncoderMissing = "needs OpenCV: build with `make build`"

// NewEncoded cannot be done by this build.
func NewEncoded(File, string, *pipeline.Frame) (Muxer, error) {
	return nil, errors.New("encoding video " + EncoderMissing)
}
