package impair

import (
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"
)

// Link is a network in memory. Any number of ends hang on it, and each ordered pair of them is a direction
// of its own. Made in a bubble of testing/synctest it keeps the bubble's time.
type Link struct {
	mu         sync.Mutex
	conditions Conditions
	cut        bool
	ends       []*End // open ones
	made       int
	lanes      map[pair]*lane
}

// pair is a direction, by the ends' numbers.
type pair struct{ from, to int }

// NewLink makes a network whose directions all have the same conditions, and each its own random numbers.
func NewLink(c Conditions) *Link { return &Link{conditions: c, lanes: map[pair]*lane{}} }

// End hangs an end on the network. Ends are numbered as they come, which with the seed decides what happens to
// their packets. Of several at one address the newest is reached.
func (l *Link) End(address netip.AddrPort) *End {
	l.mu.Lock()
	defer l.mu.Unlock()
	e := &End{link: l, number: l.made, address: address, wake: make(chan struct{}, 1)}
	l.made++
	l.ends = append(l.ends, e)
	return e
}

// Set changes the conditions of all directions, but not their sequences of random numbers.
func (l *Link) Set(c Conditions) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.conditions = c
	for _, lane := range l.lanes {
		lane.conditions = c
	}
}

// SetPath changes the conditions of the direction from one end to another.
func (l *Link) SetPath(from, to *End, c Conditions) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lane(from, to).conditions = c
}

// Partition cuts all directions, or joins them again. What is on its way still arrives.
func (l *Link) Partition(cut bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cut = cut
	for _, lane := range l.lanes {
		lane.cut = cut
	}
}

// Stats counts the direction from one end to another.
func (l *Link) Stats(from, to *End) Stats {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lane(from, to).stats
}

func (l *Link) lane(from, to *End) *lane {
	at := pair{from.number, to.number}
	if found, ok := l.lanes[at]; ok {
		return found
	}
	overhead := overhead4
	if to.address.Addr().Is6() {
		overhead = overhead6
	}
	made := newLane(l.conditions, uint64(at.from)<<32|uint64(at.to), overhead)
	made.cut = l.cut
	l.lanes[at] = made
	return made
}

// send takes a datagram to whoever has the address or, for a group, to all who joined it.
func (l *Link) send(from *End, bytes []byte, to netip.AddrPort) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if from.closed {
		return net.ErrClosed
	}
	now := time.Now()
	for _, e := range slices.Backward(l.ends) {
		if !e.reachedAt(to, from.address.Addr()) {
			continue
		}
		l.deliver(from, e, bytes, now)
		if !to.Addr().IsMulticast() {
			break
		}
	}
	return nil
}

func (l *Link) deliver(from, to *End, bytes []byte, now time.Time) {
	lane := l.lane(from, to)
	due, copies := lane.pass(now, len(bytes))
	for _, at := range due[:copies] {
		if !to.inbox.add(at, from.address, bytes) {
			lane.stats.Overflowed++
			lane.stats.Delivered--
		}
	}
	if copies > 0 {
		to.nudge()
	}
}
