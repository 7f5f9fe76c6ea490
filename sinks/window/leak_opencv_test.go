//go:build opencv && linux && matprofile

package window

import (
	"testing"

	"gocv.io/x/gocv"

	"framewire/pipeline"
	"framewire/pipeline/pipelinetest"
)

// TestMatsAreClosed runs with gocv's tag matprofile, which counts the open Mats.
func TestMatsAreClosed(t *testing.T) {
	needDisplay(t)
	before := gocv.MatProfile.Count()
	env := pipelinetest.Env(t, pipeline.NewPool())
	env.Main = loop
	s, err := Spec().NewSink(&Config{Snapshots: t.TempDir()}, env)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	for i := range 20 {
		f := pipelinetest.Frame(env.Pool, pipeline.Raw(pipeline.LayoutBGR, 64+i%3, 48), uint64(i))
		f.Meta.Rotation = 90 * (i % 4)
		if err := s.Write(t.Context(), f); err != nil {
			t.Fatal(err)
		}
		f.Release()
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if n := gocv.MatProfile.Count() - before; n != 0 {
		t.Errorf("%d Mats are still open", n)
	}
}
