package rotate

import (
	"testing"

	"framewire/filters/internal/raster"
	"framewire/pipeline"
	"framewire/pipeline/pipelinetest"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestConformance(t *testing.T) {
	for _, degrees := range []int{90, 180, 270} {
		pipelinetest.Filter(t, pipelinetest.FilterCase{
			Spec:      Spec(),
			Configure: func(_ *testing.T, cfg any) { cfg.(*Config).Degrees = degrees },
		})
	}
}

func TestValidate(t *testing.T) {
	for _, tt := range []struct {
		cfg  Config
		want string
	}{
		{Config{90, ""}, ""},
		{Config{180, raster.Horizontal}, ""},
		{Config{270, ""}, ""},
		{Config{0, raster.Vertical}, ""},
		{Config{0, ""}, "degrees: is missing (write 90, 180 or 270)"},
		{Config{-90, ""}, "degrees: -90 is below zero (clockwise that is 270)"},
		{Config{45, ""}, "degrees: 45 is not a quarter, half or three quarters of a turn (write 90, 180 or 270)"},
		{Config{360, ""}, "degrees: 360 is not a quarter, half or three quarters of a turn (write 90, 180 or 270)"},
	} {
		got := ""
		if err := tt.cfg.Validate(); err != nil {
			got = err.Error()
		}
		if got != tt.want {
			t.Errorf("%+v: %q, want %q", tt.cfg, got, tt.want)
		}
	}
}

// TestDirections looks where the pixels of a picture go that reads AB above CD.
func TestDirections(t *testing.T) {
	pool := pipeline.NewPool()
	for _, tt := range []struct {
		cfg  Config
		want string
	}{
		{Config{90, ""}, "CADB"},
		{Config{180, ""}, "DCBA"},
		{Config{270, ""}, "BDAC"},
		{Config{0, raster.Horizontal}, "BADC"},
		{Config{0, raster.Vertical}, "CDAB"},
		{Config{90, raster.Horizontal}, "ACBD"}, // turned first, then mirrored
		{Config{90, raster.Vertical}, "DBCA"},
	} {
		f := pool.Get(4)
		f.Format = pipeline.Raw(pipeline.LayoutGray, 2, 2)
		copy(f.Data, "ABCD")
		filter, err := Spec().NewFilter(&tt.cfg, pipeline.Env{})
		if err != nil {
			t.Fatal(err)
		}
		out, err := filter.Apply(t.Context(), f)
		if err != nil {
			t.Fatal(err)
		}
		if string(out.Data) != tt.want {
			t.Errorf("%+v: %s, want %s", tt.cfg, out.Data, tt.want)
		}
		out.Release()
		f.Release()
	}
}
