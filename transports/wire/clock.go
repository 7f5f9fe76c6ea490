package wire

import "time"

const (
	clockWindow = 64 // exchanges that are remembered: about a minute
	// clockDrift is by how much two clocks may move against each other, RFC 5905's PHI: 15 us a second.
	clockDrift = 15e-6
	// clockNoise is what scheduling adds to both ends' readings without moving the clocks.
	clockNoise = time.Millisecond
	// clockLimit is the largest difference between two clocks that is believed, about 68 years: sums of
	// such differences cannot overflow.
	clockLimit = time.Duration(1) << 61
)

// Clock finds how far the other end's clock is ahead of ours, from exchanges of ping and pong. Each gives
// a difference that is wrong by at most half its round trip; of the last minute's the one with the
// smallest possible error counts, older ones being less certain by the clocks' drift (RFC 5905, section
// 10). When a new exchange contradicts it, a clock was set: what is older is forgotten. The zero Clock
// is ready; it is not safe for concurrent use.
type Clock struct {
	samples [clockWindow]clockSample
	count   int // how many are in use
	next    int // where the next one goes
	best    clockSample
}

type clockSample struct {
	at     time.Time     // when it was measured, by our clock
	offset time.Duration // theirs minus ours
	delay  time.Duration // the round trip, without the time spent at the other end
}

// bound is by how much the sample may be wrong at that time.
func (s clockSample) bound(now time.Time) time.Duration {
	age := now.Sub(s.at).Abs()
	return s.delay/2 + time.Duration(float64(age)*clockDrift)
}

// Add takes one exchange: the pong, and when it came by our clock. One that cannot be is ignored.
func (c *Clock) Add(p Pong, came time.Time) {
	forth := p.Received.Sub(p.PingSent)
	back := p.Sent.Sub(came)
	s := clockSample{at: came, offset: forth/2 + back/2, delay: forth - back}
	if forth.Abs() > clockLimit || back.Abs() > clockLimit || s.delay < 0 || p.Sent.Before(p.Received) {
		return
	}
	if c.count > 0 && (s.offset-c.best.offset).Abs() > s.bound(came)+c.best.bound(came)+clockNoise {
		c.count, c.next = 0, 0
	}
	c.samples[c.next] = s
	c.next = (c.next + 1) % clockWindow
	c.count = min(c.count+1, clockWindow)
	c.best = s
	for _, other := range c.samples[:c.count] {
		if other.bound(came) < c.best.bound(came) {
			c.best = other
		}
	}
}

// Offset is how far the other end's clock is ahead of ours, and by how much that may be wrong. Before the
// first exchange ok is false.
func (c *Clock) Offset() (offset, bound time.Duration, ok bool) {
	return c.best.offset, c.best.delay / 2, c.count > 0
}

// Local brings a time of the other end to our clock. The zero time stays.
func (c *Clock) Local(theirs time.Time) time.Time {
	if c.count == 0 || theirs.IsZero() {
		return theirs
	}
	return theirs.Add(-c.best.offset)
}
