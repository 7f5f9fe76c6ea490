package pipeline

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// TestRandomChains runs chains whose stages fail, skip, get lost, are slow and end at random, and stops them
// at random: each must be over in time, in order, without a frame left and with every sink closed.
func TestRandomChains(t *testing.T) {
	for seed := range uint64(300) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { randomChain(t, rand.New(rand.NewPCG(seed, 1))) })
		})
	}
}

func randomChain(t *testing.T, rng *rand.Rand) {
	r := newRig(t)
	bgr := Format{Codec: CodecRaw, Layout: LayoutBGR}
	pause := func(ms int) func() { // each stage draws from its own numbers
		own := rand.New(rand.NewPCG(rng.Uint64(), 2))
		return func() { time.Sleep(time.Duration(own.IntN(ms*1000+1)) * time.Microsecond) }
	}
	faults := func(one int, errs ...error) func() error {
		own := rand.New(rand.NewPCG(rng.Uint64(), 3))
		return func() error {
			if own.IntN(one) == 0 {
				return errs[own.IntN(len(errs))]
			}
			return nil
		}
	}
	r.source()
	r.src.count(200, small, rng.IntN(2) == 0)
	read, wait, fault, mixed := r.src.read, pause(5), faults(100, ErrSkip, ErrLost), rng.IntN(2) == 0
	n := 0
	r.src.read = func(ctx context.Context) (*Frame, error) {
		wait()
		if err := fault(); err != nil {
			return nil, err
		}
		f, err := read(ctx)
		if n++; mixed && err == nil && n%3 == 0 {
			f.Format = JPEG(4, 4) // as a stream whose format changes
		}
		return f, err
	}
	if rng.IntN(2) == 0 {
		work, fault := pause(10), faults(60, ErrSkip, fmt.Errorf("odd: %w", ErrSkip))
		r.filter(&fakeFilter{apply: func(context.Context, *Frame, *Frame) error { work(); return fault() }})
	}
	if rng.IntN(2) == 0 {
		r.encode(1+rng.IntN(4), func() *fakeFilter {
			work, fault := pause(10), faults(500, ErrSkip, errors.New("broke"))
			return &fakeFilter{gives: AnyJPEG, apply: func(context.Context, *Frame, *Frame) error { work(); return fault() }}
		})
	}
	var sinks []*fakeSink
	opened := make([]int, 3)
	for i := range 1 + rng.IntN(3) {
		q := Queue{Size: rng.IntN(4), WhenFull: []WhenFull{Auto, Block, DropOldest}[rng.IntN(3)], MaxAge: time.Duration(rng.IntN(2)) * 30 * time.Millisecond}
		sink := r.sink(q, [][]Format{nil, {bgr}, {AnyJPEG}}[rng.IntN(3)]...)
		work, fault, away := pause(12), faults(80, ErrSkip, ErrLost, ErrDone, ErrEnd, errors.New("full")), faults(3, errors.New("away"))
		sink.write = func(context.Context, *Frame) error { work(); return fault() }
		sink.open = func(context.Context) error {
			if opened[i] > 0 {
				if err := away(); err != nil {
					return err
				}
			}
			opened[i]++
			return nil
		}
		if i == 1 {
			var asked atomic.Int64 // from any goroutine
			sink.wanted = func() bool { return asked.Add(1)%20 != 0 }
		}
		sinks = append(sinks, sink)
	}
	run := r.runner()
	stop := time.Duration(rng.IntN(1500)) * time.Millisecond
	time.AfterFunc(stop, []func(){run.Stop, run.End, func() {}}[rng.IntN(3)])
	start := time.Now()
	err := run.Run(context.Background())
	if took := time.Since(start); took > time.Minute {
		t.Errorf("took %s", took)
	}
	r.settled()
	rep := run.Report()
	if (rep.State == StateFailed) != (err != nil) {
		t.Errorf("state %q, error %v", rep.State, err)
	}
	for i, sink := range sinks {
		if !slices.IsSorted(sink.seqs) || len(slices.Compact(slices.Clone(sink.seqs))) != len(sink.seqs) {
			t.Errorf("sink %d: frames %v", i, sink.seqs)
		}
		if sink.closed != opened[i] {
			t.Errorf("sink %d: opened %d times, closed %d times", i, opened[i], sink.closed)
		}
	}
	var recorded uint64
	for i := range run.lat.counts {
		recorded += run.lat.counts[i].Load()
	}
	if made := rep.Stages[0].FramesOut; recorded > made {
		t.Errorf("%d latencies of %d frames", recorded, made)
	}
	for _, s := range rep.Stages {
		if s.Kind == KindSink && s.FramesOut > s.FramesIn {
			t.Errorf("stage %+v", s)
		}
	}
}
