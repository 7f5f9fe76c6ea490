package mux

import (
	"math"
	"slices"
	"time"
)

// rate is a number of frames a second as a fraction.
type rate struct{ num, den int }

// ticks gives how many frames of that rate go into a time.
func (r rate) ticks(at time.Duration) float64 {
	return at.Seconds() * float64(r.num) / float64(r.den)
}

// commonRates are what cameras and files have. The three fractions are those of NTSC television.
func commonRates() []rate {
	return []rate{
		{5, 1}, {15, 2}, {8, 1}, {10, 1}, {12, 1}, {25, 2}, {15, 1}, {20, 1}, {24000, 1001}, {24, 1}, {25, 1},
		{30000, 1001}, {30, 1}, {48, 1}, {50, 1}, {60000, 1001}, {60, 1}, {75, 1}, {90, 1}, {100, 1}, {120, 1}, {240, 1},
	}
}

// The slowest and fastest rate that a file is given.
const (
	slowest = 1
	fastest = 240
)

// findRate estimates the rate of frames at those times: the mean of the intervals that are like most, so
// that neither jitter nor a lost frame leads astray, and the common rate beside it if there is one.
func findRate(at []time.Duration) rate {
	if len(at) < 2 {
		return rate{25, 1}
	}
	steps := make([]time.Duration, len(at)-1)
	for i := range steps {
		steps[i] = at[i+1] - at[i]
	}
	slices.Sort(steps)
	median := steps[len(steps)/2]
	var sum time.Duration
	n := 0
	for _, step := range steps {
		if step > median/2 && step < median*3/2 {
			sum += step
			n++
		}
	}
	if n == 0 {
		sum, n = median, 1
	}
	fps := min(max(float64(n)/sum.Seconds(), slowest), fastest)
	best, off := rate{}, 0.03
	for _, r := range commonRates() {
		if d := math.Abs(math.Log(fps * float64(r.den) / float64(r.num))); d < off {
			best, off = r, d
		}
	}
	if best.num == 0 {
		best = rate{int(math.Round(fps * 1000)), 1000}
	}
	return best
}
