//go:build opencv

package camera

import (
	"errors"
	"testing"

	"framewire/pipeline"
)

// What is no camera counts as one that is gone: it may come back.
func TestOpenCaptureOfNoCamera(t *testing.T) {
	c, err := openCapture(request{path: t.TempDir(), cfg: Defaults()})
	if err == nil {
		c.close()
	}
	if !errors.Is(err, pipeline.ErrLost) {
		t.Errorf("%v, want %v", err, pipeline.ErrLost)
	}
}
