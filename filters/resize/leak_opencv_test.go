//go:build opencv && matprofile

package resize

import (
	"testing"

	"gocv.io/x/gocv"

	"framewire/pipeline"
	"framewire/pipeline/config"
	"framewire/pipeline/pipelinetest"
)

// TestMatsAreClosed runs with gocv's tag matprofile, which counts the open Mats.
func TestMatsAreClosed(t *testing.T) {
	before := gocv.MatProfile.Count()
	pool := pipeline.NewPool()
	for _, layout := range []pipeline.Layout{pipeline.LayoutBGR, pipeline.LayoutGray, pipeline.LayoutI420} {
		for _, size := range []config.Size{{Width: 30, Height: 20}, {Width: 100, Height: 100}, {Width: 30, Height: 100}} {
			in := pipelinetest.Frame(pool, pipeline.Raw(layout, 64, 48), 0)
			apply(t, &Config{size, Exact}, in).Release()
			in.Release()
		}
	}
	if n := gocv.MatProfile.Count() - before; n != 0 {
		t.Errorf("%d Mats are still open", n)
	}
}
