//go:build !opencv

package resize

import "math"

// one is the sum of a pixel's weights.
const one = 1 << 16

// kernel says of which old pixels, in one direction, each new one is made.
type kernel struct {
	from, to int      // how many pixels there are before and after
	first    []int    // for each new pixel the first old one
	count    []int    // and how many
	weights  []uint32 // of all of them, one pixel's after the other's
}

// set works out the kernel for these lengths, unless it is that one already. Where pixels become fewer each is the mean
// of what it covers, where they become more it is interpolated linearly between the two nearest.
func (k *kernel) set(from, to int) {
	if k.from == from && k.to == to {
		return
	}
	k.from, k.to = from, to
	k.first, k.count, k.weights = k.first[:0], k.count[:0], k.weights[:0]
	scale := float64(from) / float64(to)
	for i := range to {
		if to <= from {
			k.cover(float64(i)*scale, float64(i+1)*scale)
		} else {
			k.between((float64(i)+0.5)*scale - 0.5)
		}
	}
}

// cover adds a pixel that covers the old ones from a to b. Sums are rounded instead of weights, so that the whole sum is
// exact and plain areas keep their value.
func (k *kernel) cover(a, b float64) {
	first := int(a)
	last := min(int(math.Ceil(b-1e-9)), k.from)
	k.first, k.count = append(k.first, first), append(k.count, last-first)
	before := uint32(0)
	for i := first; i < last; i++ {
		sum := uint32(one)
		if i < last-1 {
			sum = uint32(math.Round((float64(i+1) - a) / (b - a) * one))
		}
		k.weights = append(k.weights, sum-before)
		before = sum
	}
}

// between adds a pixel that lies at that place among the centres of the old ones.
func (k *kernel) between(at float64) {
	at = min(max(at, 0), float64(k.from-1))
	first := min(int(at), max(k.from-2, 0))
	k.first = append(k.first, first)
	if k.from == 1 {
		k.count, k.weights = append(k.count, 1), append(k.weights, one)
		return
	}
	w := uint32(math.Round((at - float64(first)) * one))
	k.count, k.weights = append(k.count, 2), append(k.weights, one-w, w)
}
