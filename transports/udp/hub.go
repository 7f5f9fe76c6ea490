package udp

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"framewire/pipeline"
	"framewire/transports/batch"
	"framewire/transports/session"
)

// member is what an end does with a session.
type member interface {
	// take gets the content of a datagram that the other end has sealed. The hub's reading goroutine
	// calls it; it neither blocks nor keeps b.
	take(b []byte, at time.Time)
	// settle follows on the takes of all datagrams that came together.
	settle(at time.Time)
	// serve is the life of the session. When it returns the session is over.
	serve(ctx context.Context)
}

// hub is a socket with its goroutine that reads. It gives every datagram to the session that it is for.
type hub struct {
	e         *endpoint
	life      context.Context
	end       context.CancelFunc
	conn      batch.PacketConn
	responder *session.Responder     // of an end that listens
	group     *session.GroupReceiver // of an end that receives from a group
	call      *call                  // of an end that dials

	mu    sync.Mutex
	links map[uint64]*link
	lobby lobby

	closed atomic.Bool
	heard  atomic.Bool // something came to the group since that was last looked at
	silent atomic.Bool // nothing opened in the group for too long

	// Of the reading goroutine.
	last    *link   // that got a datagram
	touched []*link // got datagrams that came together
	door    doorkeeper
}

func newHub(e *endpoint, life context.Context, conn batch.PacketConn) *hub {
	h := &hub{
		e: e, conn: conn, links: make(map[uint64]*link),
		lobby: lobby{places: e.set.handshakes, share: e.set.perAddress, grace: e.set.grace},
	}
	h.life, h.end = context.WithCancel(life)
	return h
}

// read reads datagrams until the hub is closed.
func (h *hub) read() {
	var backoff pipeline.Backoff
	packet := h.packet
	for {
		err := h.conn.Read(packet)
		for i, l := range h.touched {
			h.touched[i] = nil
			l.settle()
		}
		h.touched = h.touched[:0]
		switch {
		case err == nil:
			backoff.Reset()
			continue
		case h.closed.Load() || errors.Is(err, net.ErrClosed):
			return
		}
		h.e.complaints.Say(h.e.log.Warn, "cannot read from the network", "cause", err)
		_ = backoff.Wait(h.life) // reading tells when the hub is closed
	}
}

// close ends reading, and with it every session that is left.
func (h *hub) close() {
	h.end()
	h.closed.Store(true)
	h.conn.Close()
}

// packet gives a datagram to whom it is for. Whoever made it may be anybody.
func (h *hub) packet(b []byte, from netip.AddrPort, at time.Time) {
	kind, _ := session.KindOf(b)
	switch kind {
	case session.KindSealed, session.KindClear:
		if l := h.find(b); l != nil {
			l.receive(b, from, at)
		}
	case session.KindInitiation:
		if h.responder != nil {
			h.welcome(b, from, at)
		}
	case session.KindResponse:
		if h.call != nil {
			h.answered(b, from, at)
		}
	case session.KindGroup, session.KindGroupClear:
		if h.group != nil {
			h.fromGroup(b, from, at)
		}
	default:
		if h.responder != nil {
			h.e.complaints.Say(h.e.log.Warn, "turned a datagram away", "from", from, "cause", "it is nothing of framewire's")
		}
	}
}

// find gives the session that a datagram claims to be for. What is for none is most often the rest of one
// that is over.
func (h *hub) find(b []byte) *link {
	id, ok := session.SessionID(b)
	if !ok {
		return nil
	}
	if l := h.last; l != nil && l.id == id && !l.over.Load() {
		return l
	}
	h.mu.Lock()
	l := h.links[id]
	h.mu.Unlock()
	h.last = l
	return l
}

// touch remembers that a session has to be settled.
func (h *hub) touch(l *link) {
	if !slices.Contains(h.touched, l) {
		h.touched = append(h.touched, l)
	}
}

func (h *hub) add(l *link) {
	h.mu.Lock()
	h.links[l.id] = l
	h.mu.Unlock()
}

// drop forgets a session.
func (h *hub) drop(l *link) {
	l.over.Store(true)
	h.mu.Lock()
	delete(h.links, l.id)
	h.lobby.leave(l)
	h.mu.Unlock()
}

// confirm makes a session count whose other end has proven where it is. It reports whether there is a place.
func (h *hub) confirm(l *link) bool {
	if !h.e.enter() {
		return false
	}
	m, refusal := h.e.join(l)
	if refusal != nil {
		h.e.members.Done()
		if h.group == nil {
			l.bye(refusal.Text)
		}
		h.drop(l)
		h.e.complaints.Say(h.e.log.Warn, "turned a session away", "from", l.name, "cause", refusal.Text)
		return false
	}
	h.mu.Lock()
	h.lobby.leave(l)
	h.mu.Unlock()
	l.member = m
	go func() {
		defer h.e.members.Done()
		defer close(l.gone)
		defer h.drop(l)
		m.serve(h.life)
	}()
	if h.call != nil {
		select {
		case h.call.joined <- l:
		default: // one that came too late for begin is still there
		}
	}
	return true
}
