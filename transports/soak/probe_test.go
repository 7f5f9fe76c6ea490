//go:build soak && linux

package soak

import (
	"context"
	"fmt"
	"sync"
	"time"

	"framewire/pipeline"
)

// probe is the sink at the end of a trial. It counts frames and how long they took since they were captured,
// in memory that does not grow.
type probe struct {
	mu       sync.Mutex
	frames   uint64
	took     [10_000]uint64 // by milliseconds; the last one holds all that took longer
	last     uint64
	backward uint64 // frames that came again, or after a later one
	want     uint64
	reached  chan struct{} // closed when frames has reached want
}

type probeConfig struct{}

func newProbe() *probe { return &probe{} }

func (p *probe) spec() pipeline.Spec {
	return pipeline.SinkSpec[probeConfig]{
		Name:    "probe",
		Summary: "measures what arrives",
		New:     func(*probeConfig, pipeline.Env) (pipeline.Sink, error) { return p, nil },
	}.Spec()
}

var _ pipeline.Sink = (*probe)(nil)

func (p *probe) Open(context.Context) error { return nil }

func (p *probe) Write(_ context.Context, f *pipeline.Frame) error {
	took := time.Since(f.Captured).Milliseconds()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.frames > 0 && f.Seq <= p.last {
		p.backward++
	}
	p.last = f.Seq
	p.frames++
	p.took[min(max(took, 0), int64(len(p.took)-1))]++
	if p.reached != nil && p.frames >= p.want {
		close(p.reached)
		p.reached = nil
	}
	return nil
}

func (p *probe) Close() error { return nil }

// await waits for that many more frames.
func (p *probe) await(more uint64) error {
	p.mu.Lock()
	reached := make(chan struct{})
	p.want, p.reached = p.frames+more, reached
	p.mu.Unlock()
	select {
	case <-reached:
		return nil
	case <-time.After(patience):
		return fmt.Errorf("%d more frames did not come within %s", more, patience)
	}
}

// forget begins the latencies anew.
func (p *probe) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	clear(p.took[:])
}

// percentile gives the latency in ms that this percentage of the frames does not exceed.
func (p *probe) percentile(percent uint64) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	var all, sum uint64
	for _, n := range p.took {
		all += n
	}
	for ms, n := range p.took {
		if sum += n; sum*100 >= all*percent {
			return ms
		}
	}
	return len(p.took)
}

// seen gives how many frames came, and how many of them again or after a later one.
func (p *probe) seen() (frames, backward uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.frames, p.backward
}
