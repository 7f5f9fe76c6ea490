package pipeline

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

func TestPercentilesAreWithinThreePercent(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	var l Latencies
	var all []time.Duration
	for range 20_000 {
		d := time.Duration(rng.ExpFloat64() * float64(8*time.Millisecond))
		all = append(all, d)
		l.Record(d)
	}
	slices.Sort(all)
	rep := l.Report()
	for _, c := range []struct {
		p   float64
		got float64
	}{{0.50, rep.P50}, {0.95, rep.P95}, {0.99, rep.P99}} {
		want := milliseconds(all[int(c.p*float64(len(all)-1))])
		if c.got < want*0.99 || c.got > want*1.035 {
			t.Errorf("percentile %.2f is %.3f ms, want %.3f", c.p, c.got, want)
		}
	}
	if want := milliseconds(all[len(all)-1]); rep.Max != want {
		t.Errorf("max %.3f ms, want exactly %.3f", rep.Max, want)
	}
}

func TestLatencyBounds(t *testing.T) {
	for _, d := range []time.Duration{0, -time.Second, time.Microsecond, 31 * time.Microsecond, 32 * time.Microsecond, 63 * time.Microsecond,
		64 * time.Microsecond, time.Second, time.Hour, 100 * time.Hour, 1<<63 - 1} {
		var l Latencies
		l.Record(d)
		rep, want := l.Report(), milliseconds(max(d, 0))
		if rep.Max != want || rep.P50 > want || d < 10*time.Hour && rep.P50 < want*0.96 {
			t.Errorf("%s is reported as %+v", d, rep)
		}
	}
	if rep := new(Latencies).Report(); rep != (LatencyReport{}) {
		t.Errorf("nothing recorded is reported as %+v", rep)
	}
}

func TestBucketsGrow(t *testing.T) {
	for i := 1; i < latencyBuckets; i++ {
		if bucketTop(i) <= bucketTop(i-1) {
			t.Fatalf("bucket %d ends at %s, the one before at %s", i, bucketTop(i), bucketTop(i-1))
		}
		if at := latencyBucket(bucketTop(i) - time.Microsecond); at != i {
			t.Fatalf("%s falls into bucket %d, want %d", bucketTop(i)-time.Microsecond, at, i)
		}
	}
}

func TestRecentMedianForgets(t *testing.T) {
	var l Latencies
	var w latencyWindow
	for range 10 {
		l.Record(10 * time.Millisecond)
	}
	if got := w.median(&l); got < 10*time.Millisecond || got > 11*time.Millisecond {
		t.Errorf("median %s, want 10 ms", got)
	}
	l.Record(time.Second)
	if got := w.median(&l); got < time.Second {
		t.Errorf("median of what is new %s, want 1 s", got)
	}
	if got := w.median(&l); got != 0 {
		t.Errorf("median of nothing new %s", got)
	}
}
