//go:build !opencv

package still

import (
	"fmt"

	"framewire/pipeline"
)

func readHEIF(_ *pipeline.Frame, name string) (*pipeline.Frame, error) {
	return nil, fmt.Errorf("%s picture, which needs OpenCV and this build lacks it: %w", name, ErrUnread)
}
