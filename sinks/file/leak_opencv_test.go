//go:build opencv && matprofile

package file

import (
	"path/filepath"
	"testing"

	"gocv.io/x/gocv"

	"framewire/pipeline"
	"framewire/sinks/internal/mux/muxtest"
)

// TestMatsAreClosed runs with gocv's tag matprofile, which counts the open Mats.
func TestMatsAreClosed(t *testing.T) {
	before := gocv.MatProfile.Count()
	record(t, filepath.Join(t.TempDir(), "a.mp4"), "", pipeline.Raw(pipeline.LayoutBGR, 64, 48), muxtest.Every(30, 25, 1))
	if n := gocv.MatProfile.Count() - before; n != 0 {
		t.Errorf("%d Mats are still open", n)
	}
}
