package flip

import (
	"testing"

	"framewire/filters/internal/raster"
	"framewire/pipeline"
	"framewire/pipeline/pipelinetest"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestConformance(t *testing.T) {
	pipelinetest.Filter(t, pipelinetest.FilterCase{Spec: Spec()})
}

// TestDirections looks where the pixels of a picture go that reads AB above CD, straight and when it is turned clockwise to
// be seen: then it reads CA above DB.
func TestDirections(t *testing.T) {
	pool := pipeline.NewPool()
	for _, tt := range []struct {
		mirror   raster.Mirror
		rotation int
		want     string // as it is stored
	}{
		{raster.Horizontal, 0, "BADC"},
		{raster.Vertical, 0, "CDAB"},
		{raster.Horizontal, 90, "CDAB"}, // seen: AC above BD
		{raster.Vertical, 90, "BADC"},   // seen: DB above CA
		{raster.Horizontal, 180, "BADC"},
	} {
		f := pool.Get(4)
		f.Format, f.Meta.Rotation = pipeline.Raw(pipeline.LayoutGray, 2, 2), tt.rotation
		copy(f.Data, "ABCD")
		filter, err := Spec().NewFilter(&Config{tt.mirror}, pipeline.Env{})
		if err != nil {
			t.Fatal(err)
		}
		out, err := filter.Apply(t.Context(), f)
		if err != nil {
			t.Fatal(err)
		}
		if string(out.Data) != tt.want || out.Meta.Rotation != tt.rotation {
			t.Errorf("%s at %d degrees: %s, want %s", tt.mirror, tt.rotation, out.Data, tt.want)
		}
		out.Release()
		f.Release()
	}
}
