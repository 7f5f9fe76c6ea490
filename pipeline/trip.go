package pipeline

import (
	"sync"
	"sync/atomic"
	"time"
)

// trip follows one captured picture through the fan-out until its last output has written or dropped it,
// so that its latency is recorded once and its source is told once what became of it. Every frame that waits
// in an edge or is in a stage's hands holds one share. A trip outlives its last share while a frame names it: a
// plugin may derive from a frame whose trip is over.
type trip struct {
	number   uint64 // of the picture, in the order of the input
	captured time.Time
	record   func(time.Duration) // takes the latency; nil for nobody
	receipt
	shares  atomic.Int32
	written atomic.Int64 // end of the latest Write, Unix nanoseconds; 0 while there was none

	names atomic.Int32 // frames that name it, and one while there are shares
	over  *sync.Pool   // where it goes when nothing names it any more; nil for nowhere
}

// newTrip starts the one of a frame that the source gave, with one share.
func newTrip(number uint64, f *Frame, record func(time.Duration), trips *sync.Pool) *trip {
	t, _ := trips.Get().(*trip)
	if t == nil {
		t = &trip{}
	}
	t.number, t.captured, t.record, t.over = number, f.Captured, record, trips
	t.settled, f.Settled = f.Settled, nil
	t.shares.Store(1)
	t.names.Store(1)
	return t
}

// goOn has the frame name that trip instead of the one that it named.
func (f *Frame) goOn(t *trip) {
	if t != nil {
		t.names.Add(1)
	}
	f.trip.unname()
	f.trip = t
}

// unname takes one name away.
func (t *trip) unname() {
	if t == nil || t.names.Add(-1) != 0 || t.over == nil {
		return
	}
	trips := t.over
	t.record, t.settled, t.over = nil, nil, nil
	t.fault.Store(nil)
	t.written.Store(0)
	trips.Put(t)
}

// split adds shares for n more holders.
func (t *trip) split(n int) {
	if t != nil {
		t.shares.Add(int32(n))
	}
}

// wrote notes the end of a Write.
func (t *trip) wrote(at time.Time) {
	if t == nil {
		return
	}
	for ns := at.UnixNano(); ; {
		old := t.written.Load()
		if ns <= old || t.written.CompareAndSwap(old, ns) {
			return
		}
	}
}

// finish gives a share back. When it was the last, the source is told and, if something was written, the
// latency recorded.
func (t *trip) finish() {
	if t == nil || t.shares.Add(-1) != 0 {
		return
	}
	if ns := t.written.Load(); ns != 0 && t.record != nil && !t.captured.IsZero() {
		t.record(time.Duration(ns - t.captured.UnixNano()))
	}
	t.settle()
	t.unname()
}
