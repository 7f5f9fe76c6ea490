package udp

import (
	"testing"
	"time"

	"framewire/transports/datagram"
)

// reports feeds an adapter for a while, 20 times a second.
func (a *adapter) reports(now *time.Time, during time.Duration, queue time.Duration, loss float64, held bool) int {
	step := a.step
	for end := now.Add(during); now.Before(end); *now = now.Add(50 * time.Millisecond) {
		step = a.report(*now, queue, loss, datagram.Report{}, held)
	}
	return step
}

func TestLadder(t *testing.T) {
	a := adapter{latency: 120 * time.Millisecond}
	now := time.Unix(1000, 0)
	if got := a.reports(&now, 10*time.Second, 10*time.Millisecond, .10, false); got != 0 {
		t.Errorf("a good network is on step %d", got)
	}
	if got := a.reports(&now, 100*time.Millisecond, time.Second, 0, false); got != 0 {
		t.Errorf("a short delay leads to step %d", got)
	}
	if got := a.reports(&now, 30*time.Second, time.Second, 0, false); got != len(steps)-1 {
		t.Errorf("a network that stays bad is on step %d", got)
	}
	before := a.step
	if got := a.reports(&now, 4*time.Second, 0, 0, false); got != before {
		t.Errorf("four good seconds lead from step %d to %d", before, got)
	}
	if got := a.reports(&now, 60*time.Second, 0, 0, false); got != 0 {
		t.Errorf("a good minute leads to step %d", got)
	}
	for _, bad := range []struct {
		loss float64
		held bool
	}{{.5, false}, {0, true}} {
		b := adapter{latency: 120 * time.Millisecond}
		if got := b.reports(&now, time.Second, 0, bad.loss, bad.held); got == 0 {
			t.Errorf("%+v changes nothing", bad)
		}
	}
}

// A step up that goes wrong makes the next one come later, up to a minute.
func TestRelapse(t *testing.T) {
	a := adapter{latency: 120 * time.Millisecond, step: 3}
	now := time.Unix(1000, 0)
	last := time.Duration(0)
	for range 8 {
		began := now
		for a.reports(&now, 50*time.Millisecond, 0, 0, false) == 3 {
		}
		waited := now.Sub(began)
		if waited < last || waited > mostCalm+time.Second {
			t.Errorf("waited %s before a step up, and %s before", waited, last)
		}
		last = waited
		for a.reports(&now, 50*time.Millisecond, time.Second, 0, false) == 2 {
		}
	}
	if last < mostCalm {
		t.Errorf("the eighth step up that goes wrong comes after %s", last)
	}
}

// Late frames count, however they came about.
func TestLateFrames(t *testing.T) {
	a := adapter{latency: 120 * time.Millisecond}
	now := time.Unix(1000, 0)
	var r datagram.Report
	for range 40 {
		now = now.Add(50 * time.Millisecond)
		r.Late, r.Complete = r.Late+1, r.Complete+2
		a.report(now, 0, 0, r, false)
	}
	if a.step == 0 {
		t.Error("a third of the frames late changes nothing")
	}
}

func TestStepOfMany(t *testing.T) {
	for _, test := range []struct {
		need []int
		want int
	}{
		{nil, 0}, {[]int{3}, 3}, {[]int{0, 7}, 0}, {[]int{3, 7}, 3}, {[]int{0, 0, 7}, 0}, {[]int{0, 5, 7}, 5}, {[]int{0, 0, 4, 4}, 0}, {[]int{0, 4, 4, 4}, 4}, {[]int{7, 0, 0, 0, 0}, 0},
	} {
		var l ladder
		var peers []*peer
		for _, step := range test.need {
			peers = append(peers, &peer{step: step})
		}
		if got := l.choose(peers); got != test.want {
			t.Errorf("%v lead to step %d, want %d", test.need, got, test.want)
		}
	}
}
