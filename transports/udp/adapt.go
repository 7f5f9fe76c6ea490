package udp

import (
	"fmt"
	"slices"
	"time"

	"framewire/pipeline"
	"framewire/transports/datagram"
)

// steps is the ladder that a stream goes down where the network does not carry it: quality, then frame rate.
var steps = [...]pipeline.Advice{
	{Quality: 100, Every: 1}, {Quality: 75, Every: 1}, {Quality: 55, Every: 1}, {Quality: 40, Every: 1},
	{Quality: 30, Every: 1}, {Quality: 30, Every: 2}, {Quality: 30, Every: 3}, {Quality: 30, Every: 5},
}

const (
	suffering = 200 * time.Millisecond // before the first step down
	settling  = 700 * time.Millisecond // between two steps down, for what waits in the network to drain
	calm      = 5 * time.Second        // before a step up
	mostCalm  = time.Minute            // after steps up that went wrong
	relapse   = 8 * time.Second        // in which a step up has gone wrong
	badLoss   = 0.30                   // more than parity and sending again make good; less says little about a full network
	badLate   = 0.10                   // of the frames
)

// adapter decides which step of the ladder one receiver needs. It goes down while frames come late, get lost
// or wait, and up, slowly, when nothing of that has happened for a while.
type adapter struct {
	latency time.Duration
	step    int
	at      time.Time
	strain  time.Duration // of suffering that was not made up for
	good    time.Time     // since when it does not suffer
	settled time.Time     // before that no further step down
	raised  time.Time
	calm    time.Duration

	from datagram.Report // for the share of late frames
	late float64
	seen bool
}

// report takes what a report tells and gives the step that the receiver needs.
func (a *adapter) report(now time.Time, queue time.Duration, loss float64, r datagram.Report, held bool) int {
	a.count(r)
	if a.calm == 0 {
		a.calm, a.good = calm, now
	}
	passed := min(now.Sub(a.at), suffering/2)
	a.at = now
	if queue > a.latency/2 || loss > badLoss || a.late > badLate || held {
		a.good = now
		if a.strain += passed; a.strain >= suffering && a.step < len(steps)-1 && !now.Before(a.settled) {
			a.down(now)
			a.late, a.from = 0, r
		}
		return a.step
	}
	// One that is held back part of the time suffers all of the time, so this falls slowly.
	a.strain = max(a.strain-passed/4, 0)
	if now.Sub(a.good) >= a.calm && a.step > 0 {
		if !a.raised.IsZero() && now.Sub(a.raised) >= relapse {
			a.calm = max(a.calm/2, calm)
		}
		a.step--
		a.good, a.raised = now, now
	}
	return a.step
}

// down takes a step down, and waits longer for the next where one more step is known to do.
func (a *adapter) down(now time.Time) {
	a.settled = now.Add(settling)
	if !a.raised.IsZero() && now.Sub(a.raised) < relapse {
		a.calm, a.raised = min(2*a.calm, mostCalm), time.Time{}
		a.settled = now.Add(2 * settling)
	}
	a.step++
	a.strain = 0
}

// count follows the share of frames that come late, over the last ten or more.
func (a *adapter) count(r datagram.Report) {
	if !a.seen {
		a.from, a.seen = r, true
	}
	late, whole := r.Late-a.from.Late, r.Complete-a.from.Complete
	if late+whole >= 10 {
		a.late = float64(late) / float64(late+whole)
		a.from = r
	}
}

// ladder holds the step that the whole stream is on.
type ladder struct {
	now  int
	need []int
}

// choose takes the step that more than half of the receivers need: one in a bad place, or one that lies, does
// not cost the others their quality, also where there are only two.
func (l *ladder) choose(peers []*peer) int {
	l.need = l.need[:0]
	for _, p := range peers {
		l.need = append(l.need, p.step)
	}
	l.now = 0
	if n := len(l.need); n > 0 {
		slices.Sort(l.need)
		l.now = l.need[(n-1)/2]
	}
	return l.now
}

func percent(a pipeline.Advice) string { return fmt.Sprintf("%d%%", a.Quality) }

func oneOf(a pipeline.Advice) string {
	if a.Every == 1 {
		return "all"
	}
	return fmt.Sprintf("one of %d", a.Every)
}
