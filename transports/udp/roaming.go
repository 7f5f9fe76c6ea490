package udp

import (
	"math/rand/v2"
	"net/netip"
	"time"

	"framewire/transports/datagram"
)

const (
	// challenges is between two pings to an address that a session may move to.
	challenges = 250 * time.Millisecond
	// candidacy is how long an address that does not answer keeps another from being asked.
	candidacy = time.Second
)

// roaming moves a sealed session to a new address of its other end, once that address has shown that it
// hears us: the source of a datagram can be made up, also by one who knows the secret, and a stream must not
// be sent to somebody who never asked for it. The hub's reading goroutine uses it.
type roaming struct {
	candidate netip.AddrPort
	since     time.Time // when it became one
	asked     time.Time // when it got the last ping
	value     time.Time // in that ping: random, and no time at all
}

// ask takes note of where the newest authentic datagram came from.
func (r *roaming) ask(l *link, from netip.AddrPort, now time.Time) {
	if from == l.address() {
		return
	}
	if from != r.candidate && now.Sub(r.since) >= candidacy {
		r.candidate, r.since = from, now
		r.value = time.Unix(0, int64(rand.Uint64()))
	}
	if from == r.candidate && now.Sub(r.asked) >= challenges {
		r.asked = now
		l.sendTo(from, datagram.Ping{Sent: r.value})
	}
}

// answered reports whether a pong is the answer of the candidate, to which the session then moves.
func (r *roaming) answered(l *link, b []byte, from netip.AddrPort) bool {
	pong, err := datagram.ParsePong(b)
	if err != nil || !from.IsValid() || from != r.candidate || !pong.PingSent.Equal(r.value) {
		return false
	}
	*r = roaming{}
	l.mu.Lock()
	was := l.to
	l.to = from
	l.mu.Unlock()
	e := l.hub.e
	other := e.hello.Role.Other().String()
	e.news.Say(e.log.Info, "the "+other+" has a new address", other, l.name, "was", was, "now", from)
	return true
}
