package session

import (
	"math/rand/v2"
	"testing"
)

func TestWindowEdges(t *testing.T) {
	const last = ^uint64(0)
	for _, test := range []struct {
		name  string
		spent []uint64
		fresh []uint64
		stale []uint64
	}{
		{"nothing", nil, []uint64{0, 1, 1 << 40, last - 1}, []uint64{last}},
		{"the first", []uint64{0}, []uint64{1, 4096}, []uint64{0}},
		{"a gap", []uint64{4095}, []uint64{0, 4094, 4096}, []uint64{4095}},
		{"a gap beyond the window", []uint64{4096}, []uint64{1}, []uint64{0, 4096}},
		{"starts high", []uint64{1 << 50}, []uint64{1<<50 - 4095, 1<<50 + 1}, []uint64{0, 1<<50 - 4096}},
		{"a jump of exactly one ring", []uint64{5, 5 + 4160}, []uint64{5 + 4160 - 4095}, []uint64{5, 5 + 4160}},
		{"the end of all counters", []uint64{last - 1}, []uint64{last - 2, last - 4096}, []uint64{last - 1, last, last - 4097, 0}},
		{"up to the end", []uint64{last - 70, last - 3, last - 1}, []uint64{last - 2}, []uint64{last - 70, last - 3, last - 1, last}},
	} {
		var w window
		for _, c := range test.spent {
			if !w.fresh(c) {
				t.Errorf("%s: %d is not fresh", test.name, c)
			}
			w.spend(c)
		}
		for _, c := range test.fresh {
			if !w.fresh(c) {
				t.Errorf("%s: %d should be fresh", test.name, c)
			}
		}
		for _, c := range test.stale {
			if w.fresh(c) {
				t.Errorf("%s: %d should not be fresh", test.name, c)
			}
		}
	}
}

// The window says of every counter what a memory of all counters would say.
func TestWindowAgainstMemory(t *testing.T) {
	for _, start := range []uint64{0, 63, 1 << 32, ^uint64(0) - 200_000} {
		random := rand.New(rand.NewPCG(1, start))
		var w window
		spent := map[uint64]bool{}
		newest := start
		for range 100_000 {
			c := newest
			switch jump := random.IntN(1000); {
			case jump == 0:
				c += random.Uint64N(3 * windowSize)
			case jump < 500:
				c += random.Uint64N(3)
			default:
				c -= min(c-start, random.Uint64N(windowSize+200))
			}
			if c == ^uint64(0) || c < start {
				break
			}
			want := !spent[c] && (c >= newest || newest-c < windowSize)
			if got := w.fresh(c); got != want {
				t.Fatalf("counter %d with newest %d: fresh %v, want %v", c, newest, got, want)
			}
			if want {
				w.spend(c)
				spent[c] = true
				newest = max(newest, c)
			}
		}
	}
}

func TestWindowMissing(t *testing.T) {
	var w window
	if got := w.missing(0); got != 0 {
		t.Errorf("%d missing before anything came", got)
	}
	for c := range uint64(9000) {
		if c%10 != 3 {
			w.spend(c)
		}
	}
	for _, test := range []struct{ from, want uint64 }{
		{9000, 0}, {8999, 0}, {8994, 0}, {8993, 1}, {8990, 1}, {8900, 10}, {8000, 100}, {9000 - windowSize, 409}, {0, 409}, {1 << 60, 0},
	} {
		if got := w.missing(test.from); got != test.want {
			t.Errorf("from %d: %d missing, want %d", test.from, got, test.want)
		}
	}
}
