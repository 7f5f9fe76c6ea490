package file

import (
	"testing"
	"time"

	"framewire/sources/file/demux"
)

const ms = time.Millisecond

func TestTimeline(t *testing.T) {
	for name, c := range map[string]struct {
		step       time.Duration
		told, want []time.Duration
	}{
		"told":               {40 * ms, []time.Duration{0, 40 * ms, 90 * ms}, []time.Duration{0, 40 * ms, 90 * ms}},
		"from later on":      {40 * ms, []time.Duration{5 * time.Second, 5040 * ms}, []time.Duration{0, 40 * ms}},
		"not told":           {20 * ms, []time.Duration{demux.NoTime, demux.NoTime, demux.NoTime}, []time.Duration{0, 20 * ms, 40 * ms}},
		"no rate either":     {0, []time.Duration{demux.NoTime, demux.NoTime}, []time.Duration{0, 40 * ms}},
		"nonsense rate":      {-5, []time.Duration{demux.NoTime, demux.NoTime}, []time.Duration{0, 40 * ms}},
		"always zero":        {20 * ms, []time.Duration{0, 0, 0}, []time.Duration{0, 20 * ms, 40 * ms}},
		"slides":             {40 * ms, []time.Duration{0, 30 * time.Second}, []time.Duration{0, 30 * time.Second}},
		"a little back":      {40 * ms, []time.Duration{0, 80 * ms, 70 * ms, 120 * ms}, []time.Duration{0, 80 * ms, 81 * ms, 120 * ms}},
		"begins again":       {40 * ms, []time.Duration{8 * time.Second, 8040 * ms, 0, 40 * ms}, []time.Duration{0, 40 * ms, 80 * ms, 120 * ms}},
		"a jump of days":     {40 * ms, []time.Duration{0, 40 * ms, 100 * time.Hour, 100*time.Hour + 40*ms}, []time.Duration{0, 40 * ms, 80 * ms, 120 * ms}},
		"one is not told":    {40 * ms, []time.Duration{0, demux.NoTime, 80 * ms, 120 * ms}, []time.Duration{0, 40 * ms, 80 * ms, 120 * ms}},
		"below zero at last": {40 * ms, []time.Duration{-80 * ms, -40 * ms, 0}, []time.Duration{0, 40 * ms, 80 * ms}},
	} {
		var line timeline
		line.restart(c.step, 0)
		for i, told := range c.told {
			if got := line.next(told); got != c.want[i] {
				t.Errorf("%s: picture %d told %s: %s, want %s", name, i, told, got, c.want[i])
			}
		}
	}
}

func TestTimelineGoesOnAfterRestart(t *testing.T) {
	var line timeline
	line.restart(40*ms, 0)
	line.next(0)
	line.next(40 * ms)
	line.restart(20*ms, 0)
	if got := line.next(0); got != 60*ms {
		t.Errorf("first picture of the second round at %s, want 60ms", got)
	}
	if got := line.next(20 * ms); got != 80*ms {
		t.Errorf("second picture of the second round at %s, want 80ms", got)
	}
}

func FuzzTimeline(f *testing.F) {
	f.Add(int64(40*ms), int64(0), int64(0), int64(1))
	f.Add(int64(0), int64(demux.NoTime), int64(1<<62), int64(-1<<62))
	f.Fuzz(func(t *testing.T, step, a, b, c int64) {
		var line timeline
		line.restart(time.Duration(step), 0)
		last := time.Duration(-1)
		for _, told := range []int64{a, b, c, a, a + 1, c} {
			got := line.next(time.Duration(told))
			if got <= last {
				t.Fatalf("%s after %s", got, last)
			}
			last = got
		}
	})
}
