package impair

import (
	"fmt"
	"net"
	"net/netip"
	"os"
	"slices"
	"time"

	"framewire/transports/batch"
)

// End is a socket on a Link.
type End struct {
	link   *Link
	number int
	wake   chan struct{}
	ready  []packet    // of the goroutine that reads
	timer  *time.Timer // of that too

	// under the link's lock
	address  netip.AddrPort
	groups   []membership
	inbox    schedule
	deadline time.Time
	closed   bool
}

// membership is a group that an end joined, and the source that it wants, if any.
type membership struct{ group, source netip.Addr }

var _ batch.Multicaster = (*End)(nil)

// Read implements batch.PacketConn. What is due at the same moment comes at once.
func (e *End) Read(fn func(packet []byte, from netip.AddrPort, at time.Time)) error {
	for {
		now := time.Now()
		wait, err := e.look(now)
		if err != nil {
			return err
		}
		if len(e.ready) > 0 {
			for i := range e.ready {
				fn(e.ready[i].bytes, e.ready[i].from, now)
			}
			e.link.mu.Lock()
			e.inbox.release(e.ready)
			e.link.mu.Unlock()
			return nil
		}
		e.sleep(wait)
	}
}

// look takes what is due. Where there is nothing it tells how long to wait, or 0 for as long as it takes.
func (e *End) look(now time.Time) (time.Duration, error) {
	e.link.mu.Lock()
	defer e.link.mu.Unlock()
	e.ready = e.ready[:0]
	switch {
	case e.closed:
		return 0, net.ErrClosed
	case !e.deadline.IsZero() && !e.deadline.After(now):
		return 0, os.ErrDeadlineExceeded
	}
	e.ready = e.inbox.take(now, e.ready)
	until, some := e.inbox.next()
	if !some || !e.deadline.IsZero() && e.deadline.Before(until) {
		until = e.deadline
	}
	if until.IsZero() {
		return 0, nil
	}
	return until.Sub(now), nil
}

func (e *End) sleep(wait time.Duration) {
	if wait == 0 {
		<-e.wake
		return
	}
	if e.timer == nil {
		e.timer = time.NewTimer(wait)
	} else {
		e.timer.Reset(wait)
	}
	select {
	case <-e.wake:
	case <-e.timer.C:
	}
	e.timer.Stop()
}

// nudge has a Read look again.
func (e *End) nudge() {
	select {
	case e.wake <- struct{}{}:
	default:
	}
}

// WriteTo implements batch.PacketConn.
func (e *End) WriteTo(packets []byte, segment int, to netip.AddrPort) error {
	if segment <= 0 {
		segment = max(1, len(packets))
	}
	for first := true; first || len(packets) > 0; first = false {
		n := min(segment, len(packets))
		if err := e.link.send(e, packets[:n], to); err != nil {
			return err
		}
		packets = packets[n:]
	}
	return nil
}

// SetReadDeadline implements batch.PacketConn.
func (e *End) SetReadDeadline(t time.Time) error {
	e.link.mu.Lock()
	defer e.link.mu.Unlock()
	if e.closed {
		return net.ErrClosed
	}
	e.deadline = t
	e.nudge()
	return nil
}

// Close implements batch.PacketConn.
func (e *End) Close() error {
	e.link.mu.Lock()
	defer e.link.mu.Unlock()
	e.closed = true
	e.inbox = schedule{}
	e.link.ends = slices.DeleteFunc(e.link.ends, func(other *End) bool { return other == e })
	e.nudge()
	return nil
}

// LocalAddr implements batch.PacketConn.
func (e *End) LocalAddr() netip.AddrPort {
	e.link.mu.Lock()
	defer e.link.mu.Unlock()
	return e.address
}

// Rebind moves the end to another address, as a roaming host or a forgetful NAT does.
func (e *End) Rebind(address netip.AddrPort) {
	e.link.mu.Lock()
	defer e.link.mu.Unlock()
	e.address = address
}

// JoinGroup implements batch.Multicaster. The group is joined on the port of the end's address.
func (e *End) JoinGroup(group, source netip.Addr, _ *net.Interface) error {
	if !group.IsMulticast() {
		return fmt.Errorf("join group %s: it is not a multicast address", group)
	}
	e.link.mu.Lock()
	defer e.link.mu.Unlock()
	e.groups = append(e.groups, membership{group, source})
	return nil
}

// SetMulticastTTL implements batch.Multicaster. A Link has no routers.
func (*End) SetMulticastTTL(int) error { return nil }

// SetMulticastInterface implements batch.Multicaster. A Link is one network.
func (*End) SetMulticastInterface(*net.Interface) error { return nil }

// reachedAt tells whether what source sends to an address comes here.
func (e *End) reachedAt(to netip.AddrPort, source netip.Addr) bool {
	if !to.Addr().IsMulticast() {
		return e.address == to
	}
	if e.address.Port() != to.Port() {
		return false
	}
	for _, m := range e.groups {
		if m.group == to.Addr() && (!m.source.IsValid() || m.source == source) {
			return true
		}
	}
	return false
}
