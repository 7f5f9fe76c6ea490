//go:build !opencv

package file

import (
	"context"
	"fmt"
)

const plainBuild = true

// openNative says what this build cannot play.
func (s *source) openNative(_ context.Context, from target, _ bool) (player, error) {
	if s.cfg.Passthrough == Off {
		return nil, fmt.Errorf("%s: passthrough: off needs FFmpeg: build with `make build`", from)
	}
	return nil, fmt.Errorf("%s is not Motion JPEG in Matroska, AVI, fragmented MP4 or .mjpeg, and other videos need FFmpeg: build with `make build`", from)
}
