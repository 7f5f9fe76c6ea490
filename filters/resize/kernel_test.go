//go:build !opencv

package resize

import "testing"

func FuzzKernel(f *testing.F) {
	for _, pair := range [][2]uint16{{1, 1}, {1, 5}, {5, 1}, {1920, 1280}, {1280, 1920}, {3, 2}, {65535, 7}, {65398, 266}, {1000, 999}} {
		f.Add(pair[0], pair[1])
	}
	f.Fuzz(func(t *testing.T, a, b uint16) {
		from, to := max(int(a), 1), max(int(b), 1)
		var k kernel
		k.set(from, to)
		if len(k.first) != to || len(k.count) != to {
			t.Fatalf("%d to %d: %d pixels", from, to, len(k.first))
		}
		weights := k.weights
		for i := range to {
			if k.count[i] < 1 || k.first[i] < 0 || k.first[i]+k.count[i] > from {
				t.Fatalf("%d to %d: pixel %d is made of %d from %d on", from, to, i, k.count[i], k.first[i])
			}
			sum := uint64(0)
			for _, w := range weights[:k.count[i]] {
				sum += uint64(w)
			}
			if sum != one {
				t.Fatalf("%d to %d: the weights of pixel %d add up to %d", from, to, i, sum)
			}
			weights = weights[k.count[i]:]
		}
		if len(weights) != 0 {
			t.Fatalf("%d to %d: %d weights are left", from, to, len(weights))
		}
	})
}
