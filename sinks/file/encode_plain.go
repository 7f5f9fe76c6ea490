//go:build !opencv

package file

import (
	"errors"
	"os"

	"framewire/pipeline"
)

// encoderMissing says why this build encodes no video.
const encoderMissing = "needs OpenCV: build with `make build`"

func newEncoded(*os.File, string, *pipeline.Frame) (recorder, error) {
	return nil, errors.New("encoding video " + encoderMissing)
}
