package tcp

import (
	"net"
	"slices"
	"sync"
	"time"

	"framewire/transports/address"
)

// lobby holds the connections that have not yet finished their handshake. When it is full, or one address
// has its share of it, whoever came first has to go: a receiver is through within a round trip or two, and
// who is still there after that says nothing. Nobody has to go before he has had that time, so that many
// receivers that come in the same instant do not push each other out.
type lobby struct {
	places, share int           // altogether, and for one remote address
	grace         time.Duration // that everybody may stay

	mu      sync.Mutex
	guests  []*guest // in the order in which they came
	waiting map[string]int
	waits   int // altogether
}

// mostWaiting and mostWaitingOfOne bound the connections that wait for a place.
const (
	mostWaiting      = 256
	mostWaitingOfOne = 64
)

// wait notes that a connection waits for a place, unless too many do.
func (l *lobby) wait(conn net.Conn) bool {
	from := address.Network(conn.RemoteAddr())
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.waits >= mostWaiting || l.waiting[from] >= mostWaitingOfOne {
		return false
	}
	if l.waiting == nil {
		l.waiting = make(map[string]int)
	}
	l.waiting[from]++
	l.waits++
	return true
}

// waited notes that it waits no longer.
func (l *lobby) waited(conn net.Conn) {
	from := address.Network(conn.RemoteAddr())
	l.mu.Lock()
	defer l.mu.Unlock()
	l.waits--
	if l.waiting[from]--; l.waiting[from] == 0 {
		delete(l.waiting, from)
	}
}

// guest is a connection in the lobby.
type guest struct {
	conn net.Conn
	from string // its network
	came time.Time
	gone chan struct{} // closed when it has to go
	sent bool          // it had to go; the lobby's lock guards this
}

// enter takes a connection in. It closes the one that has to go for it, and gives that or nil. While there
// is no place and nobody's time is over, it gives no guest.
func (l *lobby) enter(conn net.Conn) (in, out *guest) {
	in = &guest{conn: conn, from: address.Network(conn.RemoteAddr()), came: time.Now(), gone: make(chan struct{})}
	l.mu.Lock()
	defer l.mu.Unlock()
	neighbours := func(g *guest) bool { return g.from == in.from }
	count := 0
	for _, g := range l.guests {
		if neighbours(g) {
			count++
		}
	}
	switch {
	case count >= l.share:
		out = l.guests[slices.IndexFunc(l.guests, neighbours)]
	case len(l.guests) >= l.places:
		out = l.guests[0]
	}
	if out != nil && in.came.Sub(out.came) < l.grace {
		return nil, nil
	}
	if out != nil {
		out.sent = true
		close(out.gone)
		out.conn.Close()
		l.remove(out)
	}
	l.guests = append(l.guests, in)
	return in, out
}

// leave gives a guest's place back; a second time is harmless. It reports whether the guest had been sent
// away before.
func (l *lobby) leave(g *guest) (sent bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.remove(g)
	return g.sent
}

func (l *lobby) remove(g *guest) {
	if i := slices.Index(l.guests, g); i >= 0 {
		l.guests = slices.Delete(l.guests, i, i+1)
	}
}
