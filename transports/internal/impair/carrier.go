package impair

import (
	"net/netip"
	"sync"
	"time"
)

// carrier moves the packets of one direction when they are due.
type carrier struct {
	deliver func(to netip.AddrPort, bytes []byte)
	wake    chan struct{}
	done    chan struct{}

	mu      sync.Mutex
	lane    *lane
	waiting schedule
}

func newCarrier(l *lane, deliver func(netip.AddrPort, []byte)) *carrier {
	return &carrier{lane: l, deliver: deliver, wake: make(chan struct{}, 1), done: make(chan struct{})}
}

func (c *carrier) change(do func(*lane)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	do(c.lane)
}

func (c *carrier) stop() { close(c.done) }

func (c *carrier) carry(key netip.AddrPort, bytes []byte) {
	c.mu.Lock()
	due, copies := c.lane.pass(time.Now(), len(bytes))
	for _, at := range due[:copies] {
		if !c.waiting.add(at, key, bytes) {
			c.lane.stats.Overflowed++
			c.lane.stats.Delivered--
		}
	}
	c.mu.Unlock()
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

func (c *carrier) run() {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	var ready []packet
	for {
		c.mu.Lock()
		c.waiting.release(ready)
		ready = c.waiting.take(time.Now(), ready[:0])
		due, some := c.waiting.next()
		c.mu.Unlock()
		for i := range ready {
			c.deliver(ready[i].from, ready[i].bytes)
		}
		if len(ready) > 0 {
			continue // time has passed
		}
		wait := time.Hour
		if some {
			wait = time.Until(due)
		}
		timer.Reset(wait)
		select {
		case <-c.wake:
		case <-timer.C:
		case <-c.done:
			return
		}
	}
}
