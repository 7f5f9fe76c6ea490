package discovery

import (
	"errors"
	"net/netip"
	"slices"
	"sync"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// hub is a network in memory: what one station multicasts reaches all, itself too.
type hub struct {
	mu       sync.Mutex
	stations []*station
	carried  int // multicasts of answers
	lose     func(message []byte) bool
}

// station is one machine's medium on a hub.
type station struct {
	hub    *hub
	link   link
	addr   netip.AddrPort
	inbox  chan packet
	closed chan struct{}
	once   sync.Once
}

var _ medium = (*station)(nil)

// open gives a function that opens a station with that address.
func (h *hub) open(addr string) func() (medium, error) {
	return func() (medium, error) { return h.station(netip.AddrPortFrom(netip.MustParseAddr(addr), mdnsPort)), nil }
}

func (h *hub) station(at netip.AddrPort) *station {
	s := &station{
		hub: h, addr: at, inbox: make(chan packet, 64), closed: make(chan struct{}),
		link: link{index: 1, prefixes: []netip.Prefix{netip.PrefixFrom(at.Addr(), 24)}},
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.stations = append(h.stations, s)
	return s
}

func (s *station) interfaces() []link { return []link{s.link} }

func (s *station) multicast(message []byte, _ link) error {
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	if _, err := parseAnswers(message); err == nil && message[2]&0x80 != 0 {
		s.hub.carried++
	}
	if s.hub.lose != nil && s.hub.lose(message) {
		return nil
	}
	for _, other := range s.hub.stations {
		other.give(packet{data: slices.Clone(message), from: s.addr, index: 1})
	}
	return nil
}

func (s *station) unicast(message []byte, to netip.AddrPort) error {
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	for _, other := range s.hub.stations {
		if other.addr == to {
			other.give(packet{data: slices.Clone(message), from: s.addr, index: 1, direct: true})
			return nil
		}
	}
	return errors.New("nobody there")
}

func (s *station) give(p packet) {
	select {
	case s.inbox <- p:
	default:
	}
}

func (s *station) receive(fn func(packet)) {
	for {
		select {
		case p := <-s.inbox:
			fn(p)
		case <-s.closed:
			return
		}
	}
}

func (s *station) close() {
	s.once.Do(func() { close(s.closed) })
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	s.hub.stations = slices.DeleteFunc(s.hub.stations, func(other *station) bool { return other == s })
}

// answersSent is how many answers were multicast so far.
func (h *hub) answersSent() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.carried
}
