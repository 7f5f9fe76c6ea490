package jpeg

import (
	"bytes"
	"testing"

	"framewire/pipeline"
)

func TestAdapted(t *testing.T) {
	tests := []struct{ set, percent, want int }{
		{80, 100, 80}, {80, 50, 40}, {80, 12, 10}, {80, 1, 10}, {100, 99, 99}, {15, 50, 10}, {10, 50, 10}, {5, 50, 5}, {1, 1, 1},
	}
	for _, tt := range tests {
		if got := adapted(tt.set, tt.percent); got != tt.want {
			t.Errorf("%d at %d percent is %d, want %d", tt.set, tt.percent, got, tt.want)
		}
	}
}

func TestEncoderFollowsAdvice(t *testing.T) {
	p := newPool(t)
	percent := 100
	spec := EncoderSpec()
	cfg := spec.Config().(*Config)
	cfg.Quality = 95
	env := pipeline.Env{Advice: func() pipeline.Advice { return pipeline.Advice{Quality: percent, Every: 1} }}
	follower := closing(t)(spec.NewFilter(cfg, env))
	frame := scene(p, pipeline.Raw(pipeline.LayoutI420, 320, 240))
	defer frame.Release()

	// 47 is 50 percent of 95, and the way back is as good as if nothing had been advised.
	for _, step := range []struct{ percent, quality int }{{100, 95}, {50, 47}, {1, 10}, {100, 95}} {
		percent = step.percent
		got := apply(t, follower, frame.Retain())
		want := apply(t, makeEncoder(t, step.quality, Sub420), frame.Retain())
		if !bytes.Equal(got.Data, want.Data) {
			t.Errorf("at %d percent: %d bytes, quality %d has %d", step.percent, len(got.Data), step.quality, len(want.Data))
		}
		got.Release()
		want.Release()
	}

	percent = 30
	lossless := scene(p, pipeline.Raw(pipeline.LayoutI420, 320, 240))
	defer lossless.Release()
	lossless.Lossless = true
	got, want := apply(t, follower, lossless.Retain()), apply(t, makeEncoder(t, 95, Sub420), frame.Retain())
	defer got.Release()
	defer want.Release()
	if !bytes.Equal(got.Data, want.Data) {
		t.Errorf("a lossless stream at 30 percent: %d bytes, without advice %d", len(got.Data), len(want.Data))
	}
}
