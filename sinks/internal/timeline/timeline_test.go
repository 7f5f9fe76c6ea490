package timeline

import (
	"math"
	"testing"
	"time"

	"go.uber.org/goleak"

	"framewire/pipeline"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const ms = time.Millisecond

// step is a frame: its stream, its time there, when it was captured, and where it belongs.
type step struct {
	stream              byte
	pts, captured, want time.Duration
}

func cases() map[string][]step {
	return map[string][]step{
		"begins at zero":       {{1, 5000 * ms, 0, 0}, {1, 5040 * ms, 40 * ms, 40 * ms}},
		"keeps its own times":  {{1, 0, 0, 0}, {1, 33 * ms, 50 * ms, 33 * ms}, {1, 67 * ms, 60 * ms, 67 * ms}},
		"equal times":          {{1, 0, 0, 0}, {1, 0, 0, ms}, {1, 0, 0, 2 * ms}, {1, 40 * ms, 0, 40 * ms}},
		"closer than a tick":   {{1, 0, 0, 0}, {1, 400 * time.Microsecond, 0, ms}, {1, 800 * time.Microsecond, 0, 2 * ms}},
		"out of order":         {{1, 0, 0, 0}, {1, 80 * ms, 0, 80 * ms}, {1, 40 * ms, 0, 81 * ms}, {1, 120 * ms, 0, 120 * ms}},
		"a gap stays":          {{1, 0, 0, 0}, {1, time.Hour, 0, time.Hour}},
		"sender restarts":      {{1, 900 * ms, 0, 0}, {1, 940 * ms, 40 * ms, 40 * ms}, {2, 0, 1540 * ms, 1540 * ms}, {2, 40 * ms, 1580 * ms, 1580 * ms}},
		"clock goes back":      {{1, 0, time.Hour, 0}, {2, 0, 0, 40 * ms}},
		"the file begins anew": {{1, 0, 0, 0}, {1, 9000 * ms, 9000 * ms, 9000 * ms}, {1, 0, 9100 * ms, 9100 * ms}, {1, 40 * ms, 9140 * ms, 9140 * ms}},
		"a jump of centuries":  {{1, 0, 0, 0}, {1, math.MaxInt64, 70 * ms, 70 * ms}, {1, math.MinInt64, 90 * ms, 90 * ms}},
	}
}

func TestLine(t *testing.T) {
	begin := time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)
	for name, steps := range cases() {
		t.Run(name, func(t *testing.T) {
			line := Line{Tick: ms}
			for i, s := range steps {
				f := &pipeline.Frame{Stream: pipeline.StreamID{s.stream}, PTS: s.pts, Captured: begin.Add(s.captured)}
				if got := line.At(f); got != s.want {
					t.Errorf("frame %d is at %s, wants %s", i, got, s.want)
				}
			}
		})
	}
}

func TestRestartWithoutClock(t *testing.T) {
	line := Line{Tick: ms}
	line.At(&pipeline.Frame{})
	if got := line.At(&pipeline.Frame{Stream: pipeline.StreamID{1}}); got != usual {
		t.Errorf("the next stream begins at %s, wants %s", got, usual)
	}
}

func FuzzLine(f *testing.F) {
	for _, steps := range cases() {
		f.Add(int64(steps[0].pts), int64(steps[1].pts), int64(steps[len(steps)-1].pts), int64(steps[1].captured))
	}
	f.Fuzz(func(t *testing.T, a, b, c, captured int64) {
		line := Line{Tick: ms}
		last := -ms
		for i, pts := range []int64{a, b, c, a} {
			at := line.At(&pipeline.Frame{PTS: time.Duration(pts), Captured: time.Unix(0, captured*int64(i))})
			if at <= last || at-last > forwards+ms {
				t.Fatalf("%d, %d, %d: frame %d is at %s after %s", a, b, c, i, at, last)
			}
			last = at
		}
	})
}
