package standard

import (
	"context"
	"fmt"
	"net"
	"runtime"
	"testing"

	"framewire/pipeline"
	"framewire/pipeline/config"
)

// chains loads pipelines from a config's text.
func chains(tb testing.TB, text string) (*pipeline.Registry, []pipeline.Chain) {
	tb.Helper()
	reg, err := pipeline.NewRegistry(Plugins()...)
	if err != nil {
		tb.Fatal(err)
	}
	read := func(string) ([]byte, error) { return []byte(text), nil }
	list, err := config.Load(reg, config.Options{ReadFile: read}, "bench.yaml")
	if err != nil {
		tb.Fatal(err)
	}
	return reg, list
}

// runChains runs all pipelines of a config to their end, each with the given pool.
func runChains(tb testing.TB, text string) []*pipeline.Runner {
	tb.Helper()
	reg, list := chains(tb, text)
	var runners []*pipeline.Runner
	for _, chain := range list {
		plan, err := pipeline.NewPlan(chain, reg)
		if err != nil {
			tb.Fatal(err)
		}
		r, err := pipeline.NewRunner(plan, pipeline.Options{})
		if err != nil {
			tb.Fatal(err)
		}
		runners = append(runners, r)
	}
	if err := pipeline.NewGroup(runners...).Run(context.Background()); err != nil {
		tb.Fatal(err)
	}
	return runners
}

func benchAddress(b *testing.B) string {
	b.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// BenchmarkChain runs sender and receiver in one process over loopback TCP: every frame is made, encoded,
// sent, received and, where it says so, decoded. ns/op is the time for one frame at full speed on all
// cores; allocations are of both ends together.
func BenchmarkChain(b *testing.B) {
	for _, bm := range []struct{ name, size, encoder, sink string }{
		{"raw-720p", "1280x720", "{type: raw}", "{type: 'null'}"},
		{"raw-1080p", "1920x1080", "{type: raw}", "{type: 'null'}"},
		{"jpeg-720p", "1280x720", "{type: jpeg}", "{type: 'null', decode: true}"},
		{"jpeg-1080p", "1920x1080", "{type: jpeg}", "{type: 'null', decode: true}"},
	} {
		b.Run(bm.name, func(b *testing.B) {
			addr := benchAddress(b)
			frames := max(b.N, 20) // the first few fill the pool
			text := fmt.Sprintf(`
pipelines:
  send:
    source: {type: testpattern, pace: fast, size: %s, frames: %d}
    encoder: %s
    send: {type: tcp, listen: "%s"}
  receive:
    receive: {type: tcp, dial: "%s"}
    sinks: [%s]
`, bm.size, frames, bm.encoder, addr, addr, bm.sink)
			b.ReportAllocs()
			b.ResetTimer()
			runners := runChains(b, text)
			b.StopTimer()
			for _, r := range runners {
				for _, s := range r.Report().Stages {
					if s.Kind == pipeline.KindSink && int(s.FramesIn) != frames {
						b.Fatalf("%d of %d frames arrived", s.FramesIn, frames)
					}
				}
			}
		})
	}
}

// BenchmarkLatency runs a live chain at 30 frames a second and reports the percentiles from capture to the
// end of the sink. Its ns/op is the frame interval and says nothing.
func BenchmarkLatency(b *testing.B) {
	for _, size := range []string{"1280x720", "1920x1080"} {
		b.Run("jpeg-"+size, func(b *testing.B) {
			addr := benchAddress(b)
			runtime.GC()
			runners := runChains(b, fmt.Sprintf(`
pipelines:
  send:
    source: {type: testpattern, size: %s, fps: 30, frames: %d}
    encoder: {type: jpeg}
    send: {type: tcp, listen: "%s"}
  receive:
    receive: {type: tcp, dial: "%s"}
    sinks: [{type: 'null', decode: true}]
`, size, max(b.N, 30), addr, addr))
			lat := runners[1].Report().Latency
			b.ReportMetric(lat.P50, "p50-ms")
			b.ReportMetric(lat.P95, "p95-ms")
			b.ReportMetric(lat.P99, "p99-ms")
			b.ReportMetric(lat.Max, "max-ms")
		})
	}
}
