package resize

import (
	"bytes"
	"errors"
	"testing"

	"framewire/filters/internal/raster"
	"framewire/pipeline"
	"framewire/pipeline/config"
	"framewire/pipeline/pipelinetest"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestConformance(t *testing.T) {
	for _, fit := range []Fit{Inside, Exact} {
		t.Run(string(fit), func(t *testing.T) {
			pipelinetest.Filter(t, pipelinetest.FilterCase{
				Spec:      Spec(),
				Configure: func(_ *testing.T, cfg any) { *cfg.(*Config) = Config{config.Size{Width: 50, Height: 40}, fit} },
			})
		})
	}
}

func TestValidate(t *testing.T) {
	err := new(Config).Validate()
	if err == nil || err.Error() != "size: is missing (write WIDTHxHEIGHT, such as 1280x720)" {
		t.Error(err)
	}
}

func TestSize(t *testing.T) {
	for _, tt := range []struct {
		limit    [2]int
		fit      Fit
		in       [2]int
		rotation int
		want     [2]int
	}{
		{[2]int{1280, 720}, Inside, [2]int{1920, 1080}, 0, [2]int{1280, 720}},
		{[2]int{1280, 720}, Inside, [2]int{1280, 720}, 0, [2]int{1280, 720}},
		{[2]int{1280, 720}, Inside, [2]int{640, 480}, 0, [2]int{640, 480}}, // is not enlarged
		{[2]int{1280, 720}, Inside, [2]int{4000, 3000}, 0, [2]int{960, 720}},
		{[2]int{1280, 720}, Inside, [2]int{4000, 100}, 0, [2]int{1280, 32}},
		{[2]int{1280, 720}, Inside, [2]int{5, 100_000}, 0, [2]int{1, 720}},
		{[2]int{1280, 720}, Inside, [2]int{100_000, 5}, 0, [2]int{1280, 1}},
		{[2]int{1280, 720}, Inside, [2]int{3000, 4000}, 90, [2]int{720, 960}}, // is seen as 960x720
		{[2]int{720, 1280}, Inside, [2]int{1920, 1080}, 270, [2]int{1280, 720}},
		{[2]int{100, 100}, Inside, [2]int{333, 200}, 180, [2]int{100, 60}},
		{[2]int{1280, 720}, Exact, [2]int{640, 480}, 0, [2]int{1280, 720}},
		{[2]int{1280, 720}, Exact, [2]int{640, 480}, 90, [2]int{720, 1280}},
	} {
		pool := pipeline.NewPool()
		in := pipelinetest.Frame(pool, pipeline.Raw(pipeline.LayoutGray, tt.in[0], tt.in[1]), 0)
		in.Meta.Rotation = tt.rotation
		out := apply(t, &Config{config.Size{Width: tt.limit[0], Height: tt.limit[1]}, tt.fit}, in)
		if got := [2]int{out.Format.Width, out.Format.Height}; got != tt.want || (out == in) != (tt.in == tt.want) {
			t.Errorf("%+v: %v, the same frame %v", tt, got, out == in)
		}
		out.Release()
		in.Release()
		if n := pool.Outstanding(); n != 0 {
			t.Errorf("%d frames were not released", n)
		}
	}
}

// apply resizes a frame with a filter of its own.
func apply(t testing.TB, cfg *Config, in *pipeline.Frame) *pipeline.Frame {
	t.Helper()
	filter, err := Spec().NewFilter(cfg, pipeline.Env{})
	if err != nil {
		t.Fatal(err)
	}
	out, err := filter.Apply(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	if err := filter.Close(); err != nil {
		t.Error(err)
	}
	return out
}

func TestRefuses(t *testing.T) {
	pool := pipeline.NewPool()
	f := pool.Get(12)
	defer f.Release()
	f.Format = pipeline.JPEG(4, 3)
	filter, err := Spec().NewFilter(&Config{config.Size{Width: 2, Height: 2}, Inside}, pipeline.Env{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := filter.Apply(t.Context(), f); !errors.Is(err, pipeline.ErrSkip) || err.Error() != "skipped: pixels are needed, the frame is jpeg 4x3" {
		t.Error(err)
	}
}

// TestEveryLayout brings the same padded picture to many sizes: padding does not matter, a filter that has worked at other
// sizes gives the same as a new one, and each plane is that of the picture as plane alone.
func TestEveryLayout(t *testing.T) {
	pool := pipeline.NewPool()
	used := make(map[pipeline.Layout]*scaler)
	for _, size := range [][2]int{{1, 1}, {17, 9}, {64, 48}, {30, 91}, {5, 200}, {64, 48}} {
		for _, layout := range []pipeline.Layout{pipeline.LayoutBGR, pipeline.LayoutGray, pipeline.LayoutI420} {
			if used[layout] == nil {
				used[layout] = new(scaler)
			}
			padded := pipeline.Raw(layout, 33, 40)
			padded.Stride += 6
			in := pipelinetest.Frame(pool, padded, 1)
			packed := raster.Derive(in, 33, 40)
			raster.Crop(raster.Of(packed.Data, packed.Format), raster.Of(in.Data, in.Format), rect(33, 40))
			a, b := raster.Derive(in, size[0], size[1]), raster.Derive(in, size[0], size[1])
			err1 := used[layout].scale(raster.Of(a.Data, a.Format), raster.Of(in.Data, in.Format))
			err2 := new(scaler).scale(raster.Of(b.Data, b.Format), raster.Of(packed.Data, packed.Format))
			if err1 != nil || err2 != nil {
				t.Fatal(err1, err2)
			}
			if !bytes.Equal(a.Data, b.Data) {
				t.Errorf("%s to %v: padding or an earlier picture changes the result", layout, size)
			}
			whole := raster.Of(a.Data, a.Format)
			from := raster.Of(in.Data, in.Format)
			for i, plane := range whole.Planes() {
				compare(t, plane, from.Planes()[i])
			}
			for _, f := range []*pipeline.Frame{in, packed, a, b} {
				f.Release()
			}
		}
	}
}

// The picture is 1080p.
func BenchmarkResize(b *testing.B) {
	pool := pipeline.NewPool()
	for _, layout := range []pipeline.Layout{pipeline.LayoutBGR, pipeline.LayoutGray, pipeline.LayoutI420} {
		for _, size := range []config.Size{{Width: 1280, Height: 720}, {Width: 640, Height: 360}, {Width: 2560, Height: 1440}} {
			b.Run(layout.String()+" to "+size.String(), func(b *testing.B) {
				in := pipelinetest.Frame(pool, pipeline.Raw(layout, 1920, 1080), 0)
				defer in.Release()
				filter, err := Spec().NewFilter(&Config{size, Exact}, pipeline.Env{})
				if err != nil {
					b.Fatal(err)
				}
				b.ReportAllocs()
				for b.Loop() {
					out, err := filter.Apply(b.Context(), in)
					if err != nil {
						b.Fatal(err)
					}
					out.Release()
				}
			})
		}
	}
}
