package udp

import (
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"framewire/transports/batch"
	"framewire/transports/datagram"
	"framewire/transports/session"
	"framewire/transports/wire"
)

const (
	// mostSegments and mostBurst bound what the kernel cuts into datagrams with one call (UDP_SEGMENT).
	mostSegments = 64
	mostBurst    = 65000 // bytes

	ipv4Head = 20 + 8 // bytes of IP and UDP headers
	ipv6Head = 40 + 8
)

// link is one session with the address that it has now. Any goroutine may send on it; the hub's reading
// goroutine receives.
type link struct {
	hub     *hub
	id      uint64
	session *session.Session // nil for one that only listens to a group
	peer    wire.Hello       // of the other end
	name    string           // the address it came from first
	mtu     int              // bytes of an IP packet
	gone    chan struct{}
	over    atomic.Bool
	heard   atomic.Int64  // when the last datagram came, in nanoseconds since 1970 by time.Now
	in      atomic.Uint64 // bytes received since the last count
	fits    atomic.Bool   // false once the network has said that a datagram is too large

	// Of the reading goroutine.
	member  member // nil until the other end has proven where it is
	highest uint64 // counter of the newest datagram, plus one
	ponged  time.Time
	roam    roaming
	bytes   uint64 // of all datagrams

	mu      sync.Mutex // guards the sending
	to      netip.AddrPort
	out     []byte        // a burst that is being made; its capacity is fixed
	count   int           // of datagrams in it
	segment int           // bytes of each but the last
	counter uint64        // of the last datagram
	sent    atomic.Uint64 // bytes since the session began
}

func newLink(h *hub, s *session.Session, peer wire.Hello, to netip.AddrPort) *link {
	l := &link{
		hub: h, id: s.ID(), session: s, peer: peer, name: to.String(), to: to,
		mtu: int(h.e.mtu.Load()), gone: make(chan struct{}),
	}
	l.fits.Store(true)
	return l
}

// payload is how many bytes a datagram may carry beside what the session adds.
func (l *link) payload() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	head := ipv4Head
	if l.to.Addr().Is6() {
		head = ipv6Head
	}
	return l.mtu - head - l.session.Overhead()
}

// receive opens a datagram and gives it on.
func (l *link) receive(b []byte, from netip.AddrPort, at time.Time) {
	size := len(b)
	kind, _ := session.KindOf(b)
	if kind == session.KindClear && from != l.address() {
		return // anybody could have seen the session's id
	}
	plain, err := l.session.Open(b)
	if err != nil {
		return
	}
	l.heard.Store(at.UnixNano())
	l.in.Add(uint64(size))
	l.bytes += uint64(size)
	if newest, _ := l.session.Received(); newest > l.highest {
		l.highest = newest
		if kind == session.KindSealed {
			l.roam.ask(l, from, at)
		}
	}
	if l.member == nil && !l.hub.confirm(l) {
		return
	}
	switch t, _ := datagram.TypeOf(plain); {
	case t == datagram.TypePing:
		l.pong(plain, at)
	case t == datagram.TypePong && l.roam.answered(l, plain, from):
		return
	}
	l.member.take(plain, at)
	l.hub.touch(l)
}

// settle ends a batch of datagrams.
func (l *link) settle() {
	if l.member != nil {
		l.member.settle(time.Now())
	}
}

func (l *link) address() netip.AddrPort {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.to
}

// follows reports whether the other end is the same run of a program as that of an older session.
func (l *link) follows(old *link) bool {
	n := l.peer.Instance()
	return n != 0 && n == old.peer.Instance()
}

// silence is how long nothing has come.
func (l *link) silence(now time.Time) time.Duration {
	return now.Sub(time.Unix(0, l.heard.Load()))
}

// pong answers a ping at once: what it waits here would count as the network's.
func (l *link) pong(b []byte, at time.Time) {
	ping, err := datagram.ParsePing(b)
	if err != nil || at.Sub(l.ponged) < l.hub.e.set.pong {
		return // answers to a flood would be in the way of frames
	}
	l.ponged = at
	now := l.hub.e.set.now()
	l.send(datagram.Pong{PingSent: ping.Sent, Received: now, Sent: now})
}

// message is anything small that fits one datagram.
type message interface{ Append(dst []byte) []byte }

// send seals one message and sends it. What the network does not take is lost, as it may be further on.
func (l *link) send(m message) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.flush()
	l.seal(m.Append(l.room()))
	l.flush()
}

// sendTo is send to an address that the session does not have yet.
func (l *link) sendTo(to netip.AddrPort, m message) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.flush()
	was := l.to
	l.to = to
	l.seal(m.Append(l.room()))
	l.flush()
	l.to = was
}

// bye parts. There is no answer to it, so it goes more than once.
func (l *link) bye(text string) {
	const times = 3
	for range times {
		l.send(datagram.Bye{Text: text})
	}
}

// room gives the burst with room for a header at its end. The lock is held.
func (l *link) room() []byte {
	if l.out == nil {
		l.out = make([]byte, 0, mostBurst+l.mtu+datagram.MaxText+session.Tag)
	}
	return l.out[:len(l.out)+session.Header]
}

// add seals one packet of a message into the burst. The lock is held.
func (l *link) add(m *datagram.Message, packet int, number uint32, resent, whole bool) {
	b := m.AppendPacket(l.room(), packet, resent)
	fragment := b[len(l.out)+session.Header:]
	datagram.SetNumber(fragment, number)
	if !whole {
		datagram.ClearLossless(fragment)
	}
	l.seal(b)
}

// seal seals what was added to the burst, and sends the burst when nothing more fits it: all of its
// datagrams but the last have one size. The lock is held.
func (l *link) seal(b []byte) {
	start := len(l.out)
	sealed := l.session.Seal(b[start:])
	if sealed == nil {
		l.fits.Store(false) // used up, after 2^40 packets
		return
	}
	size := len(sealed)
	l.counter = binary.BigEndian.Uint64(sealed[9:])
	if l.count > 0 && size > l.segment {
		l.write(l.out)
		l.out = append(l.out[:0], sealed...)
		l.count, l.segment = 0, 0
	} else {
		l.out = l.out[:start+size]
	}
	if l.count++; l.count == 1 {
		l.segment = size
	}
	if size < l.segment || l.count == mostSegments || len(l.out)+l.segment > mostBurst {
		l.flush()
	}
}

// flush sends the burst. The lock is held.
func (l *link) flush() {
	if l.count > 0 {
		l.write(l.out)
	}
	l.out, l.count, l.segment = l.out[:0], 0, 0
}

func (l *link) write(b []byte) {
	l.sent.Add(uint64(len(b)))
	if out := l.hub.e.out; out != nil {
		out.Add(uint64(len(b)))
	}
	if err := l.hub.conn.WriteTo(b, l.segment, l.to); err != nil {
		l.failed(err)
	}
}

// failed says what the network did not take. The lock is held.
func (l *link) failed(err error) {
	var large *batch.TooLargeError
	switch {
	case errors.Is(err, net.ErrClosed):
	case errors.As(err, &large):
		l.tooLarge(large)
	default:
		l.hub.e.complaints.Say(l.hub.e.log.Warn, "the network takes no datagrams", "to", l.name, "cause", plain(err))
	}
}

// tooLarge makes further sessions use smaller datagrams. This one is over, since its frames are cut already,
// unless it is a group's, where nothing is sent twice. The lock is held.
func (l *link) tooLarge(large *batch.TooLargeError) {
	fits := leastMTU
	if n := l.hub.e.set.pathMTU(l.to); n > 0 && n < l.mtu {
		fits = n
	}
	now := l.hub.e.shrink(fits)
	was := l.mtu
	if l.hub.e.group != "" {
		l.mtu = now
	}
	if was > now && l.fits.Swap(l.hub.e.group != "") {
		l.hub.e.complaints.Say(l.hub.e.log.Warn, "the way to a peer takes no packets of this size: going on with smaller ones; set `mtu` to avoid this",
			"to", l.name, "mtu", was, "now", now, "datagram", large.Size)
	}
}

// plain leaves out of an error what the log line says anyway.
func plain(err error) error {
	var op *net.OpError
	if errors.As(err, &op) {
		return op.Err
	}
	return err
}
