package pipeline

import (
	"sync/atomic"
	"time"
)

// trip follows one captured picture through the fan-out until its last output has written or dropped it,
// so that its latency is recorded once. Every frame that waits in an edge or is in a stage's hands holds
// one share.
type trip struct {
	number  uint64 // of the picture, in the order of the input
	shares  atomic.Int32
	written atomic.Int64 // end of the latest Write, Unix nanoseconds; 0 while there was none
}

// newTrip starts one. Trips are not used again: a plugin may derive from a frame whose trip is over.
func newTrip(number uint64) *trip {
	t := &trip{number: number}
	t.shares.Store(1)
	return t
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

// finish gives a share back and, when it was the last and something was written, reports the latency.
func (t *trip) finish(captured time.Time, record func(time.Duration)) {
	if t == nil || t.shares.Add(-1) != 0 {
		return
	}
	if ns := t.written.Load(); ns != 0 && !captured.IsZero() {
		record(time.Duration(ns - captured.UnixNano()))
	}
}
