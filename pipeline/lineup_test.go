package pipeline

import (
	"context"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hashicorp/go-hclog"
)

// lineupRig feeds numbered frames to workers that take as long as the test says for each.
func lineupRig(t *testing.T, workers, frames int, takes func(seq uint64) time.Duration) (began map[uint64]time.Duration, settled []uint64) {
	t.Helper()
	p := NewPool()
	e := newEdge(Queue{Size: frames}, newStage(KindEncoder, "fake", "", hclog.NewNullLogger()), func(f *Frame) { f.Release() })
	for i := range frames {
		f := p.Get(1)
		f.Seq, f.Lossless = uint64(i), true
		e.put(t.Context(), f)
	}
	e.close()
	l, start := newLineup(workers), time.Now()
	began = make(map[uint64]time.Duration)
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for j := l.take(context.Background(), e); j != nil; j = l.take(context.Background(), e) {
				mu.Lock()
				began[j.in.Seq] = time.Since(start)
				mu.Unlock()
				time.Sleep(takes(j.in.Seq))
				l.finish(j, func(j *job) {
					settled = append(settled, j.in.Seq) // one at a time, or the race detector speaks
					j.in.Release()
				})
			}
		})
	}
	wg.Wait()
	if n := p.Outstanding(); n != 0 {
		t.Errorf("%d frames are outstanding", n)
	}
	return began, settled
}

// TestLineupKeepsTheOrder has frames finish in another order than they came in.
func TestLineupKeepsTheOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const frames = 60
		_, settled := lineupRig(t, 4, frames, func(seq uint64) time.Duration { return time.Duration(seq*7%5) * time.Millisecond })
		if len(settled) != frames || !slices.IsSorted(settled) {
			t.Errorf("settled %v", settled)
		}
	})
}

// TestLineupGoesOnWhileTheOldestIsLate lets the others work on one frame more than there are workers, and no
// further: what waits in the edge stays the newest.
func TestLineupGoesOnWhileTheOldestIsLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began, settled := lineupRig(t, 2, 4, func(seq uint64) time.Duration {
			if seq == 0 {
				return 10 * time.Millisecond
			}
			return time.Millisecond
		})
		want := map[uint64]time.Duration{0: 0, 1: 0, 2: time.Millisecond, 3: 10 * time.Millisecond}
		for seq, at := range want {
			if began[seq] != at {
				t.Errorf("frame %d was begun after %s, want %s", seq, began[seq], at)
			}
		}
		if !slices.Equal(settled, []uint64{0, 1, 2, 3}) {
			t.Errorf("settled %v", settled)
		}
	})
}
