package pipeline

import (
	"math/bits"
	"sync/atomic"
	"time"
)

// Latencies is a histogram of durations from one microsecond up, with 32 steps to each doubling: a
// percentile is off by 3 % at most, and the largest value is kept exactly. Recording takes no lock and no
// memory.
type Latencies struct {
	max    atomic.Int64 // nanoseconds
	counts [latencyBuckets]atomic.Uint64
}

const (
	latencySteps   = 32 // to each doubling
	latencyBuckets = 36 * latencySteps
)

// Record adds one duration; one below zero (clocks that disagree) counts as zero.
func (l *Latencies) Record(d time.Duration) {
	d = max(d, 0)
	l.counts[latencyBucket(d)].Add(1)
	for {
		old := l.max.Load()
		if int64(d) <= old || l.max.CompareAndSwap(old, int64(d)) {
			return
		}
	}
}

// LatencyReport holds percentiles in milliseconds.
type LatencyReport struct {
	P50 float64 `json:"p50"`
	P95 float64 `json:"p95"`
	P99 float64 `json:"p99"`
	Max float64 `json:"max"`
}

// Report gives the percentiles over all that was recorded.
func (l *Latencies) Report() LatencyReport {
	var counts [latencyBuckets]uint64
	for i := range counts {
		counts[i] = l.counts[i].Load()
	}
	largest := time.Duration(l.max.Load())
	at := func(p float64) float64 { return milliseconds(min(percentile(&counts, p), largest)) }
	return LatencyReport{P50: at(0.50), P95: at(0.95), P99: at(0.99), Max: milliseconds(largest)}
}

// latencyWindow gives the median of what was recorded since the last call.
type latencyWindow struct {
	seen [latencyBuckets]uint64
}

func (w *latencyWindow) median(l *Latencies) time.Duration {
	var fresh [latencyBuckets]uint64
	for i := range fresh {
		now := l.counts[i].Load()
		fresh[i], w.seen[i] = now-w.seen[i], now
	}
	return percentile(&fresh, 0.5)
}

// latencyBucket numbers the bucket of d: linear below 32 us, then 32 to each doubling.
func latencyBucket(d time.Duration) int {
	us := uint64(d / time.Microsecond)
	if us < latencySteps {
		return int(us)
	}
	octave := bits.Len64(us) - 6 // 32..63 us is octave 0
	return min((octave+1)*latencySteps+int(us>>octave)-latencySteps, latencyBuckets-1)
}

// bucketTop is the largest duration that falls into the bucket.
func bucketTop(i int) time.Duration {
	if i < latencySteps {
		return time.Duration(i+1) * time.Microsecond
	}
	octave := i/latencySteps - 1
	return time.Duration(uint64(i%latencySteps+latencySteps+1)<<octave) * time.Microsecond
}

func percentile(counts *[latencyBuckets]uint64, p float64) time.Duration {
	var total uint64
	for _, n := range counts {
		total += n
	}
	if total == 0 {
		return 0
	}
	rank := uint64(p*float64(total-1)) + 1
	for i, n := range counts {
		if n >= rank {
			return bucketTop(i)
		}
		rank -= n
	}
	return 0
}

func milliseconds(d time.Duration) float64 {
	return float64(d.Round(time.Microsecond)) / float64(time.Millisecond)
}
