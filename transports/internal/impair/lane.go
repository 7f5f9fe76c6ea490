package impair

import (
	"math/rand/v2"
	"time"
)

// Overheads of a datagram within an IP packet, in bytes.
const (
	overhead4 = 20 + 8
	overhead6 = 40 + 8
)

// lane decides what happens to the packets of one direction. It holds no packets and takes the time from its
// caller, who also sees to it that one goroutine uses it at a time.
type lane struct {
	conditions Conditions
	overhead   int
	cut        bool
	random     *rand.Rand
	bad        bool      // Gilbert's state
	last       time.Time // when the last packet that kept its place arrives
	free       time.Time // when the last byte of the rate's queue has left
	stats      Stats
}

// newLane makes the lane of a number, which with the seed chooses its random numbers.
func newLane(c Conditions, number uint64, overhead int) *lane {
	return &lane{conditions: c, overhead: overhead, random: rand.New(rand.NewPCG(mix(c.Seed), mix(^number)))}
}

// mix spreads small seeds over all bits (splitmix64, Steele et al., 2014).
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// pass tells when the copies of a packet arrive: none, one or two.
func (l *lane) pass(now time.Time, size int) (due [2]time.Time, copies int) {
	c := &l.conditions
	// Each packet takes as many random numbers as any other, so that those of the next one do not hang on it.
	lose, late, hold, twice := l.random.Float64(), l.random.Float64(), l.random.Float64(), l.random.Float64()
	lost := l.lose(lose)
	l.stats.Sent++
	l.stats.Bytes += uint64(size)
	l.stats.Largest = max(l.stats.Largest, size)
	switch {
	case l.cut:
		l.stats.Cut++
		return due, 0
	case c.MTU > 0 && size+l.overhead > c.MTU:
		l.stats.Oversized++
		return due, 0
	case lost:
		l.stats.Lost++
		return due, 0
	}
	left, ok := l.queue(now, size)
	if !ok {
		l.stats.Overflowed++
		return due, 0
	}
	at := left.Add(c.Delay + time.Duration(late*float64(c.Jitter)))
	if at.Before(l.last) {
		at = l.last
	}
	if hold < c.Reorder {
		l.stats.Reordered++
		at = at.Add(c.reorderBy())
	} else {
		l.last = at
	}
	due[0], due[1], copies = at, at, 1
	if twice < c.Duplicate {
		l.stats.Duplicated++
		copies = 2
	}
	l.stats.Delivered += uint64(copies)
	return due, copies
}

// lose decides by a random number in [0, 1). With bursts the chance to leave the bad state is 1/Burst, and that to
// enter it follows from the share of Loss in the long run (Gilbert, 1960).
func (l *lane) lose(x float64) bool {
	c := &l.conditions
	if c.Burst <= 1 || c.Loss >= 1 {
		return x < c.Loss
	}
	leave := 1 / c.Burst
	if l.bad {
		l.bad = x >= leave
	} else {
		l.bad = x < leave*c.Loss/(1-c.Loss)
	}
	return l.bad
}

// queue tells when a packet has left at the rate, or that there was no room for it.
func (l *lane) queue(now time.Time, size int) (time.Time, bool) {
	c := &l.conditions
	if c.Rate <= 0 {
		return now, true
	}
	if l.free.Before(now) {
		l.free = now
	}
	room := c.Queue
	if room == 0 {
		room = c.Rate / 8 / 10
	}
	if waiting := int(l.free.Sub(now).Seconds() * float64(c.Rate) / 8); waiting > 0 && waiting+size > room {
		return now, false
	}
	l.free = l.free.Add(time.Duration(float64(size) * 8 / float64(c.Rate) * float64(time.Second)))
	return l.free, true
}

func (c *Conditions) reorderBy() time.Duration {
	if c.ReorderBy == 0 {
		return 5 * time.Millisecond
	}
	return c.ReorderBy
}
