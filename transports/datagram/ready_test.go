package datagram

import (
	"testing"
	"time"

	"framewire/pipeline"
)

// Small frames that nobody fetches are bounded in number: the bytes that are counted are the least of what
// each takes.
func TestFramesNobodyFetches(t *testing.T) {
	pool := pipeline.NewPool()
	f := pool.Get(4)
	defer f.Release()
	f.Format, f.Lossless = pipeline.Raw(pipeline.LayoutGray, 2, 2), true
	m, err := NewSplitter().Split(f, 0, 1300, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Release()
	packet := m.AppendPacket(nil, 0, false)
	r := NewReassembler(pool, Limits{MaxFrame: 1 << 20, Open: 4, Memory: 2 << 20, Latency: time.Second}, NewBudget(64<<20))
	defer r.Close()
	add := func(number uint32) error {
		SetNumber(packet, number)
		fragment, err := ParseFragment(packet)
		if err != nil {
			t.Fatal(err)
		}
		return r.Add(fragment, time.Unix(1, 0))
	}
	for n := range uint32(10_000) {
		if err := add(n); (err == nil) != (n < mostReady) {
			t.Fatalf("frame %d: %v", n, err)
		}
	}
	if r.Ready() != mostReady {
		t.Errorf("%d frames wait, want %d", r.Ready(), mostReady)
	}
	first, err := r.Next(time.Unix(1, 0))
	if err != nil {
		t.Fatal(err)
	}
	first.Release()
	if err := add(mostReady); err != nil {
		t.Errorf("after one was fetched: %v", err)
	}
}
