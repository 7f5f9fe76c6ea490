package null

import (
	"testing"

	"go.uber.org/goleak"

	"framewire/pipeline"
	"framewire/pipeline/pipelinetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestConformance(t *testing.T) {
	pipelinetest.Sink(t, pipelinetest.SinkCase{Spec: Spec(), Allocs: 1})
}

func TestConformanceDecoding(t *testing.T) {
	pipelinetest.Sink(t, pipelinetest.SinkCase{
		Spec:      Spec(),
		Configure: func(_ *testing.T, cfg any) { cfg.(*Config).Decode = true },
	})
}

func TestDecodeAsksForPixels(t *testing.T) {
	spec := Spec()
	if got := spec.Accepts(&Config{}); got != nil {
		t.Errorf("without decode it accepts %v, wants anything", got)
	}
	got := spec.Accepts(&Config{Decode: true})
	if len(got) != 1 || got[0] != pipeline.AnyRaw {
		t.Errorf("with decode it accepts %v, wants pixels in any layout", got)
	}
}

func BenchmarkWrite(b *testing.B) {
	pool := pipeline.NewPool()
	f := pipelinetest.Frame(pool, pipeline.JPEG(640, 480), 0)
	defer f.Release()
	s, err := Spec().NewSink(&Config{}, pipeline.Env{})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := s.Write(b.Context(), f); err != nil {
			b.Fatal(err)
		}
	}
}
