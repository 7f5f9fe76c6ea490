package impair

import (
	"net/netip"
	"time"
)

// maxWaiting is how many bytes may be on their way to an end or lie there unread. Real networks and sockets
// hold less.
const maxWaiting = 64 << 20

// packet is a datagram on its way.
type packet struct {
	due   time.Time
	from  netip.AddrPort
	bytes []byte
}

// schedule holds packets until they are due, in the order of their times and for equal times in that of their
// coming. Packets mostly come in order, so that a sorted ring is faster than a heap and keeps that order.
type schedule struct {
	ring  []packet // its length is a power of two
	first int
	count int
	bytes int
	spare [][]byte // buffers for packets to come
}

// add copies a packet. It tells whether there was room.
func (s *schedule) add(due time.Time, from netip.AddrPort, bytes []byte) bool {
	if s.bytes+len(bytes) > maxWaiting {
		return false
	}
	if s.count == len(s.ring) {
		s.widen()
	}
	i := s.count
	for ; i > 0 && due.Before(s.at(i-1).due); i-- {
		*s.at(i) = *s.at(i - 1)
	}
	*s.at(i) = packet{due: due, from: from, bytes: append(s.buffer(), bytes...)}
	s.count++
	s.bytes += len(bytes)
	return true
}

// next tells when the first packet is due.
func (s *schedule) next() (time.Time, bool) {
	if s.count == 0 {
		return time.Time{}, false
	}
	return s.at(0).due, true
}

// take appends the packets that are due to those, which are the caller's until release.
func (s *schedule) take(now time.Time, to []packet) []packet {
	for s.count > 0 && !s.at(0).due.After(now) {
		p := s.at(0)
		s.bytes -= len(p.bytes)
		to = append(to, *p)
		*p = packet{}
		s.first = (s.first + 1) & (len(s.ring) - 1)
		s.count--
	}
	return to
}

// release takes the buffers of packets back.
func (s *schedule) release(packets []packet) {
	for i := range packets {
		s.spare = append(s.spare, packets[i].bytes[:0])
		packets[i] = packet{}
	}
}

func (s *schedule) at(i int) *packet { return &s.ring[(s.first+i)&(len(s.ring)-1)] }

func (s *schedule) widen() {
	ring := make([]packet, max(64, 2*len(s.ring)))
	for i := range s.count {
		ring[i] = *s.at(i)
	}
	s.ring, s.first = ring, 0
}

func (s *schedule) buffer() []byte {
	if n := len(s.spare); n > 0 {
		b := s.spare[n-1]
		s.spare = s.spare[:n-1]
		return b
	}
	return make([]byte, 0, 1500)
}
