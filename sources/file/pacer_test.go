package file

import (
	"testing"
	"time"
)

func TestPacerKeepsAnAbsoluteSchedule(t *testing.T) {
	p := pacer{speed: 1}
	begun := time.Unix(1000, 0)
	p.left(begun, 0)
	for i := range 10 {
		late := time.Duration(i%3) * 7 * ms // the work of others does not move the schedule
		now := begun.Add(time.Duration(i)*40*ms + late)
		if got := p.left(now, time.Duration(i+1)*40*ms); got != 40*ms-late {
			t.Fatalf("picture %d is due in %s, want %s", i+1, got, 40*ms-late)
		}
	}
}

func TestPacerMovesTheScheduleAfterAStall(t *testing.T) {
	p := pacer{speed: 1}
	now := time.Unix(1000, 0)
	p.left(now, 0)
	now = now.Add(10 * time.Second)
	if got := p.left(now, 40*ms); got != 0 {
		t.Errorf("the first picture after a stall is due in %s, want at once", got)
	}
	if got := p.left(now, 80*ms); got != 40*ms {
		t.Errorf("the second is due in %s, want 40ms: no burst", got)
	}
}

func TestPacerSpeed(t *testing.T) {
	now := time.Unix(1000, 0)
	for speed, want := range map[float64]time.Duration{1: 800 * ms, 2: 400 * ms, 0.5: 1600 * ms, 16: 50 * ms, 1.0 / 16: 12800 * ms} {
		p := pacer{speed: speed}
		p.left(now, 200*ms)
		if got := p.left(now, time.Second); got != want {
			t.Errorf("at speed %g due in %s, want %s", speed, got, want)
		}
	}
	// A change holds from now on: what was waited already counts.
	p := pacer{speed: 1}
	p.left(now, 0)
	now = now.Add(300 * ms)
	p.setSpeed(now, 2)
	if got := p.left(now, time.Second); got != 350*ms {
		t.Errorf("after a change due in %s, want 350ms", got)
	}
	p.restart()
	p.setSpeed(now, 4)
	if got := p.left(now, time.Hour); got != 0 {
		t.Errorf("the first one after a restart is due in %s", got)
	}
}
