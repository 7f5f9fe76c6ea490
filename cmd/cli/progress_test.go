package cli

import (
	"math"
	"testing"
	"time"

	"framewire/pipeline"
)

func TestBar(t *testing.T) {
	for done, want := range map[float64]string{
		0: "[..........]", 0.5: "[#####.....]", 0.999: "[#########.]", 1: "[##########]", 7: "[##########]", -1: "[..........]",
	} {
		if got := bar(10, done); got != want {
			t.Errorf("%g: %s, want %s", done, got, want)
		}
	}
}

func TestProgressText(t *testing.T) {
	for _, c := range []struct {
		p    pipeline.Progress
		rate float64
		want string
	}{
		{pipeline.Progress{Unit: "photos", Done: 12, Total: 40, Bytes: 30_100_000, TotalBytes: 100_200_000, Refused: 1}, 11_200_000,
			"[######..............] 12 of 40 photos  30.1 of 100.2 MB  11.2 MB/s  7 s left  1 refused"},
		{pipeline.Progress{Unit: "photos", Total: 3, TotalBytes: 3_000_000}, 0, "[....................] 0 of 3 photos  0.0 of 3.0 MB"},
		{pipeline.Progress{Unit: "photos", Done: 3, Total: 3, Bytes: 3_000_000, TotalBytes: 3_000_000}, 500, "[####################] 3 of 3 photos  3.0 of 3.0 MB"},
		{pipeline.Progress{Unit: "photos", Done: 1, Total: 4, Refused: 1}, 0, "[##########..........] 1 of 4 photos  1 refused"},
	} {
		if got := progressText(c.p, c.rate); got != c.want {
			t.Errorf("got  %q\nwant %q", got, c.want)
		}
	}
}

func TestSpan(t *testing.T) {
	for seconds, want := range map[float64]string{
		0.2: "1 s", 59.5: "60 s", 89: "89 s", 90: "2 min", 5339: "89 min", 7500: "2 h 5 min", math.Inf(1): "596523 h 15 min",
	} {
		if got := span(seconds); got != want {
			t.Errorf("%g: %q, want %q", seconds, got, want)
		}
	}
}

// A steady source shows its rate at once and keeps it; one that changes is followed within some seconds.
func TestRate(t *testing.T) {
	now := time.Unix(1000, 0)
	r := rate{}.sample(500, now)
	if r.perSecond != 0 {
		t.Errorf("one sample gives a rate of %g", r.perSecond)
	}
	bytes := int64(500)
	add := func(perHalf int64, times int) {
		for range times {
			now, bytes = now.Add(500*time.Millisecond), bytes+perHalf
			r = r.sample(bytes, now)
		}
	}
	add(1000, 20)
	if math.Abs(r.perSecond-2000) > 1 {
		t.Errorf("2000 bytes a second are told as %g", r.perSecond)
	}
	add(4000, 30)
	if r.perSecond < 7500 || r.perSecond > 8000 {
		t.Errorf("8000 bytes a second, for 15 s, are told as %g", r.perSecond)
	}
	if again := r.sample(bytes, now); again.perSecond != r.perSecond {
		t.Error("a sample at the same moment changes the rate")
	}
	r = r.sample(0, now.Add(time.Second)) // a source that was opened again
	if r.perSecond < 0 || math.IsNaN(r.perSecond) {
		t.Errorf("a rate of %g", r.perSecond)
	}
}
