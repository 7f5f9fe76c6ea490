package udp

import (
	"bytes"
	"errors"
	"net"
	"net/netip"
	"time"

	"framewire/transports/address"
	"framewire/transports/session"
	"framewire/transports/wire"
)

// welcome reads an initiation and answers it with our hello, or with a refusal. Who does not know the secret
// gets nothing.
func (h *hub) welcome(b []byte, from netip.AddrPort, at time.Time) {
	e := h.e
	if h.door.shut(from.Addr(), at) {
		e.complaints.Say(e.log.Warn, "too many handshakes that come to nothing, read no more of them for a moment", "from", from)
		return
	}
	request, err := h.responder.Read(b)
	if err != nil {
		h.door.failed(from.Addr())
		if !errors.Is(err, session.ErrReplay) {
			e.complaints.Say(e.log.Warn, "turned a stranger away without an answer", "from", from, "cause", err)
		}
		return
	}
	hello, err := wire.ReadHello(bytes.NewReader(request.Payload))
	refusal := wire.Answer(err)
	if err == nil {
		if refusal = hello.Accept(e.hello.Role); refusal == nil {
			refusal = e.admit()
		}
		if refusal != nil {
			err = errors.New(refusal.Text)
		}
	}
	if refusal == nil && err != nil {
		e.complaints.Say(e.log.Warn, "turned a session away", "from", from, "cause", err)
		return
	}
	if !h.makeRoom(from, at) {
		h.door.failed(from.Addr())
		return // it tries again
	}
	payload, encodeErr := e.hello.Append(nil)
	if refusal != nil {
		e.complaints.Say(e.log.Warn, "turned a session away", "from", from, "cause", err)
		payload, encodeErr = refusal.Append(nil)
	}
	if encodeErr != nil || len(payload) > session.MaxPayload {
		return // our hello and our refusals fit
	}
	s, response, err := request.Accept(payload)
	if err != nil {
		e.complaints.Say(e.log.Warn, "turned a session away", "from", from, "cause", err)
		return
	}
	if refusal == nil {
		l := newLink(h, s, hello, from)
		l.heard.Store(at.UnixNano())
		h.add(l)
		h.mu.Lock()
		h.lobby.enter(l, host(from), at)
		h.mu.Unlock()
	}
	_ = h.conn.WriteTo(response, len(response), from) // if it is lost the other end asks again
}

// makeRoom finds a place for a session that is not confirmed yet, in which another may have to go.
func (h *hub) makeRoom(from netip.AddrPort, now time.Time) bool {
	h.mu.Lock()
	stale := h.lobby.stale(now, h.e.set.handshake)
	h.mu.Unlock()
	for _, l := range stale {
		h.drop(l)
	}
	h.mu.Lock()
	out, ok := h.lobby.room(host(from), now)
	h.mu.Unlock()
	if out != nil {
		h.drop(out)
		h.e.complaints.Say(h.e.log.Warn, "too many handshakes that nobody goes on with, dropped the oldest",
			"from", out.name, "limit", h.e.set.handshakes, "limit_per_address", h.e.set.perAddress)
	}
	return ok
}

// host names where a packet comes from, without the port.
func host(from netip.AddrPort) string { return address.Network(net.UDPAddrFromAddrPort(from)) }
