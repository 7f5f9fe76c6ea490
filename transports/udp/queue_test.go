package udp

import (
	"testing"

	"framewire/pipeline"
)

// Small frames of a lossless stream may be many in a queue, large ones two; a writer that waits is woken when half of
// that has left.
func TestQueueIsBounded(t *testing.T) {
	for _, test := range []struct {
		name                string
		size                int
		full, room, drained int // items: that fill it, that do not, and that are worth waking a writer for
	}{
		{"tiny", 100, 16, 15, 7}, {"90 KB", 90_000, 12, 11, 5}, {"600 KB", 600_000, 2, 1, 1}, {"6 MB", 6_000_000, 2, 1, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			pool := pipeline.NewPool()
			pending := &items{}
			q := queue{pool: pending}
			fill := func(n int) {
				q.clear()
				for i := range n {
					f := pool.Get(test.size)
					f.Seq, f.Lossless = uint64(i), true
					it := pending.of(f)
					q.push(it)
					pending.release(it)
					f.Release()
				}
			}
			if fill(test.full); !q.full(true) {
				t.Errorf("%d do not fill it", test.full)
			}
			if fill(test.room); q.full(true) {
				t.Errorf("%d fill it", test.room)
			}
			if fill(test.drained + 1); q.drained() {
				t.Errorf("a writer is woken with %d left", test.drained+1)
			}
			if fill(test.drained); !q.drained() {
				t.Errorf("no writer is woken with %d left", test.drained)
			}
			q.clear()
			if n := pool.Outstanding(); n != 0 {
				t.Errorf("%d frames were not given back", n)
			}
		})
	}
}
