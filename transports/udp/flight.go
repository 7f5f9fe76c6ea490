package udp

import (
	"time"

	"framewire/transports/datagram"
)

const (
	flightMarks = 1 << 10
	// leastWindow and mostWindow bound what a lossless stream has on its way, in bytes.
	leastWindow = 32 << 10
	firstWindow = 256 << 10
	mostWindow  = 8 << 20
	// queueing is the growth of the round trip above which a lossless stream holds back.
	queueing = 50 * time.Millisecond
	// tolerated is the loss that is no sign of a full network.
	tolerated = 0.12
	// rateWindow is the time over which the rate is measured.
	rateWindow = 200 * time.Millisecond
	// forget is after which a smallest round trip stands for the network no longer.
	forget = 30 * time.Second
	// lostAfter is after how many round trips what was not reported counts as lost, and at least how long.
	lostAfter    = 4
	lostAtLeast  = 200 * time.Millisecond
	firstGuessed = 50 * time.Millisecond // a round trip, before one was measured
)

// flight follows a session's packets: when they left, and what reports tell of their arrival.
type flight struct {
	marks  [flightMarks]mark
	oldest int
	count  int

	last     datagram.Report
	lastAt   time.Time
	seen     bool
	arrived  uint64        // bytes that left up to the newest packet that is known to have arrived
	trip     time.Duration // the newest round trip; 0 before the first
	smooth   time.Duration
	least    [2]time.Duration // the smallest in this and in the last half of forget
	turn     time.Time        // when this half began
	rate     float64          // bytes/s that arrive
	rateFrom datagram.Report
	rateAt   time.Time

	window int       // bytes that a lossless stream may have on its way
	most   int       // what it may grow to
	cut    time.Time // when the window was last made smaller
	loss   float64   // in the last report
}

// mark is one burst.
type mark struct {
	first, last uint64 // counters
	bytes       uint64 // sent in the session when it had left
	at          time.Time
}

func (f *flight) begin() { f.window, f.most = firstWindow, mostWindow }

// sent notes a burst. One that was empty is ignored.
func (f *flight) sent(first, last, bytes uint64, now time.Time) {
	if last+1 == first {
		return
	}
	if f.count == flightMarks {
		f.pop()
	}
	f.marks[(f.oldest+f.count)%flightMarks] = mark{first, last, bytes, now}
	f.count++
}

func (f *flight) pop() {
	f.arrived = max(f.arrived, f.marks[f.oldest].bytes)
	f.oldest = (f.oldest + 1) % flightMarks
	f.count--
}

// report takes a report over. It says false for one that was overtaken.
func (f *flight) report(r datagram.Report, now time.Time) bool {
	if f.seen && (r.Highest < f.last.Highest || r.Received < f.last.Received || r.Bytes < f.last.Bytes) {
		return false
	}
	fresh := !f.seen || r.Highest > f.last.Highest
	for f.count > 0 && f.marks[f.oldest].last < r.Highest {
		f.pop()
	}
	if f.count > 0 && fresh {
		if m := f.marks[f.oldest]; m.first <= r.Highest {
			f.measured(now.Sub(m.at)-r.Age, now)
			if m.last == r.Highest {
				f.pop()
			}
		}
	}
	f.measureRate(r, now)
	if sealed := r.Highest - f.last.Highest; f.seen && sealed >= 16 {
		f.loss = max(0, 1-float64(r.Received-f.last.Received)/float64(sealed))
	}
	f.widen(r, now)
	f.last, f.lastAt, f.seen = r, now, true
	return true
}

// measured takes a round trip over.
func (f *flight) measured(trip time.Duration, now time.Time) {
	if trip <= 0 {
		return
	}
	if f.trip == 0 {
		f.smooth, f.turn, f.least = trip, now, [2]time.Duration{trip, trip}
	}
	if now.Sub(f.turn) >= forget/2 {
		f.turn, f.least = now, [2]time.Duration{trip, f.least[0]}
	}
	f.trip = trip
	f.smooth += (trip - f.smooth) / 8
	f.least[0] = min(f.least[0], trip)
}

func (f *flight) measureRate(r datagram.Report, now time.Time) {
	at := now.Add(-r.Age)
	if f.rateAt.IsZero() {
		f.rateFrom, f.rateAt = r, at
	}
	if during := at.Sub(f.rateAt); during >= rateWindow {
		f.rate = float64(r.Bytes-f.rateFrom.Bytes) / during.Seconds()
		f.rateFrom, f.rateAt = r, at
	}
}

// widen makes a lossless stream's window larger by what arrived, or smaller when the network is full.
func (f *flight) widen(r datagram.Report, now time.Time) {
	if r.Room > 0 { // a socket that keeps less than what is on its way loses it while its program is busy
		f.most = int(min(max(r.Room, leastWindow), mostWindow))
	}
	switch {
	case f.loss > tolerated || f.queue() > queueing:
		if now.Sub(f.cut) > f.roundTrip() {
			f.cut = now
			f.window = max(f.window*4/5, leastWindow)
		}
	case f.seen:
		more := min((r.Bytes-f.last.Bytes)/2, mostWindow) // whatever it claims
		f.window += int(more)
	}
	f.window = min(f.window, f.most)
}

// roundTrip is the usual one.
func (f *flight) roundTrip() time.Duration {
	if f.trip == 0 {
		return firstGuessed
	}
	return f.smooth
}

// queue is how much longer than the fastest packets the newest ones took.
func (f *flight) queue() time.Duration {
	if f.trip == 0 {
		return 0
	}
	return f.trip - min(f.least[0], f.least[1])
}

// expire counts as lost what should have been reported long ago.
func (f *flight) expire(now time.Time) {
	limit := max(lostAfter*f.roundTrip(), lostAtLeast)
	for f.count > 0 && now.Sub(f.marks[f.oldest].at) > limit {
		f.pop()
	}
}

// behind estimates how long what is sent now would wait in the network, which is only known of one that was
// full when it was last heard of.
func (f *flight) behind(now time.Time, sent uint64) time.Duration {
	f.expire(now)
	if f.count == 0 || f.rate <= 0 || f.queue() < leastQueue {
		return 0
	}
	drained := f.rate * now.Sub(f.lastAt).Seconds()
	waiting := (float64(sent-f.arrived) - drained) / f.rate
	return time.Duration(waiting*float64(time.Second)) - min(f.least[0], f.least[1])
}

// leastQueue is the growth of the round trip from which on a network counts as full.
const leastQueue = 25 * time.Millisecond

// room reports whether a lossless stream may send more.
func (f *flight) room(now time.Time, sent uint64) bool {
	f.expire(now)
	return f.count == 0 || sent-f.arrived < uint64(f.window)
}
