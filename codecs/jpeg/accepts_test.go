package jpeg

import (
	"testing"

	"framewire/pipeline"
)

// Sources look at the first layout: I420 saves them and us the way by BGR, but has not the colour that 422 and
// 444 keep.
func TestAcceptsTheBestLayoutFirst(t *testing.T) {
	for sub, want := range map[Subsampling]pipeline.Layout{
		Sub420: pipeline.LayoutI420, Sub422: pipeline.LayoutBGR, Sub444: pipeline.LayoutBGR,
	} {
		spec := EncoderSpec()
		cfg := spec.Config().(*Config)
		cfg.Subsampling = sub
		got := spec.Accepts(cfg)
		if len(got) != 3 || got[0] != pipeline.AnyJPEG || got[1].Layout != want || got[2] != pipeline.AnyRaw {
			t.Errorf("%s accepts %v", sub, got)
		}
	}
}
