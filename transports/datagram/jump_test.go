package datagram

import (
	"testing"
	"time"
)

// One jump of the frame numbers counts no more frames as lost than a network can lose.
func TestJumpIsCountedWithinBounds(t *testing.T) {
	r := NewReassembler(nil, Limits{MaxFrame: 1000, Open: 4, Memory: 1 << 20, Latency: time.Second}, NewBudget(1<<20))
	r.Expect(0)
	if err := r.jump(1 << 30); err != nil {
		t.Fatal(err)
	}
	if got := r.Stats().Late; got > mostGone {
		t.Errorf("%d frames count as lost, want at most %d", got, mostGone)
	}
	if r.base != 1<<30 {
		t.Errorf("the oldest frame is %d", r.base)
	}
}
