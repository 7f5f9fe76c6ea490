package session

import "sync/atomic"

// Session is one end of a session between two, or the sender's end of a group session. Seal may be called
// by any goroutine; Open and Received by one at a time.
type Session struct {
	sealer    *sealer
	opener    *opener // nil for a group's sender, whom nobody answers
	confirmed atomic.Bool
}

func newSession(s *sealer, o *opener) *Session { return &Session{sealer: s, opener: o} }

// ID is what the packets for this end carry; for a group's sender, what its own packets carry.
func (s *Session) ID() uint64 {
	if s.opener == nil {
		return s.sealer.id
	}
	return s.opener.id
}

// Confirmed says that a packet came that only the end could make with which the handshake was held; in a
// clear session, that somebody who saw the response sent a packet. It may be called by any goroutine.
func (s *Session) Confirmed() bool { return s.confirmed.Load() }

// Overhead is the number of bytes by which a packet is longer than the data in it.
func (s *Session) Overhead() int { return s.sealer.overhead() }

// Open authenticates and decrypts a packet in place and gives the data in it. It keeps nothing of the packet.
// The error is ErrPacket, ErrForged or ErrReplay; the packet's bytes are then worthless.
func (s *Session) Open(packet []byte) ([]byte, error) {
	if s.opener == nil {
		return nil, ErrPacket
	}
	plain, err := s.opener.open(packet)
	if err == nil && !s.confirmed.Load() {
		s.confirmed.Store(true)
	}
	return plain, err
}

// Received says how many packets the other end has sealed as far as is known here, and how many of them
// were opened. What is missing was lost or is still on its way.
func (s *Session) Received() (sealed, opened uint64) {
	if s.opener == nil {
		return 0, 0
	}
	return s.opener.window.next, s.opener.opened
}

// Missing says how many of the packets from that counter on, the last 4096 at most, were not opened though a
// newer one was. Like Open it may be called by one goroutine at a time.
func (s *Session) Missing(from uint64) uint64 {
	if s.opener == nil {
		return 0
	}
	return s.opener.window.missing(from)
}
