package udp

import (
	"time"

	"framewire/transports/datagram"
)

const (
	mostHaste = 7 // from there on every frame leaves at once
	// trial is how long all has to be well before a step up, at first and at most.
	trial     = 100 * time.Millisecond
	mostTrial = 30 * time.Second
	// aftermath is the time after a step up in which trouble is blamed on it.
	aftermath = time.Second
	// echo is how long after a step back, beside a round trip, reports still tell of what was before it.
	echo = 100 * time.Millisecond
	// delayed is the growth of the round trip, twice in a row, that means that a burst waits in the network.
	delayed = 5 * time.Millisecond
)

// haste is how much faster the frames of a live stream leave than spread over most of the time until the next
// one. Bursts are there sooner and cost both ends less, and some networks lose what comes in bursts: which, nobody
// knows before. So a stream begins spread out, and each step halves the time that a frame takes to leave, as long as
// reports tell of no loss and no growing delay. Where they do it goes two steps back at once, and comes up again to
// below the step that went wrong. That one is tried again later, twice as much each time, up to half a minute. What
// a lossy network loses by itself keeps its stream spread out.
//
// Towards this machine itself a stream begins with all haste, and only loss counts: there is no network in which
// anything could wait.
type haste struct {
	step  int
	local bool

	bad    int           // the step that went wrong last, or one more than those that were tried
	trial  time.Duration // before that is tried
	good   time.Time     // since when all is well
	raised time.Time     // when the last step up was
	fell   time.Time     // when the last step back was
	late   bool          // the last report told of a delay
	from   datagram.Report
	seen   bool
}

func (h *haste) begin(local bool) {
	h.local, h.trial, h.bad = local, trial, mostHaste+1
	if local {
		h.step = mostHaste
	}
}

// report takes over what a report tells, with the usual round trip and how much longer the newest one took than the
// shortest.
func (h *haste) report(r datagram.Report, trip, queue time.Duration, now time.Time) {
	if !h.seen {
		h.from, h.seen, h.good = r, true, now
		return
	}
	if r.Highest < h.from.Highest || r.Received < h.from.Received {
		return // it was overtaken
	}
	lost := r.Highest-h.from.Highest > r.Received-h.from.Received
	late := queue > delayed && !h.local
	twice := late && h.late
	h.from, h.late = r, late
	switch since := now.Sub(h.raised); {
	case (lost || twice) && now.Sub(h.fell) < echo+trip:
		h.good = now
	case lost || twice:
		if h.step > 0 && since < aftermath {
			h.trial = min(2*h.trial, mostTrial)
		}
		h.bad = max(h.step, 1)
		h.step = max(h.step-2, 0)
		h.good, h.fell = now, now
	case h.step >= h.bad && since >= aftermath:
		h.bad = h.step + 1
		h.trial = max(h.trial/2, trial)
	case h.step < mostHaste && now.Sub(h.good) >= h.wait():
		h.step++
		h.good, h.raised = now, now
	}
}

// wait is how long all has to be well before the next step up.
func (h *haste) wait() time.Duration {
	if h.step+1 < h.bad {
		return trial
	}
	return h.trial
}

// over is the time over which a frame leaves, where frames come in that interval.
func (h *haste) over(interval time.Duration) time.Duration {
	if h.step == mostHaste {
		return 0
	}
	return time.Duration(spread*float64(min(interval, mostInterval))) >> h.step
}
