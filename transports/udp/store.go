package udp

import (
	"time"

	"framewire/transports/datagram"
)

const (
	mostKept    = 64   // messages
	mostAsked   = 4096 // packets
	mostSends   = 3    // of one packet of a live stream
	firstCredit = 32 << 10
	mostCredit  = 256 << 10
	creditShare = 4 // of what is sent, one part in so many may be sent again
)

// store keeps the messages that a receiver may still ask for, oldest first.
type store struct {
	kept   []kept
	credit int // bytes that may be sent again: a token bucket that fills with what is sent
}

// kept is a message that was sent, or is being sent.
type kept struct {
	m        *datagram.Message
	number   uint32
	lossless bool
	whole    bool      // the receiver has all of it
	done     time.Time // when its last packet left; zero before
	again    time.Time // when something of it was last sent again
	times    []uint8   // how often each packet was sent again
}

// ref names one packet.
type ref struct {
	number uint32
	packet int
}

// before compares frame numbers, which wrap (RFC 1982).
func before(a, b uint32) bool { return int32(a-b) < 0 }

func (s *store) add(m *datagram.Message, number uint32, lossless bool) {
	if len(s.kept) == mostKept && !s.kept[0].lossless {
		s.remove(0)
	}
	if n := len(s.kept); n < cap(s.kept) {
		s.kept = s.kept[:n+1]
	} else {
		s.kept = append(s.kept, kept{})
	}
	k := &s.kept[len(s.kept)-1]
	times := k.times[:0]
	for range m.Packets() {
		times = append(times, 0)
	}
	*k = kept{m: m.Retain(), number: number, lossless: lossless, times: times}
}

// remove takes one out and keeps its memory for the next.
func (s *store) remove(i int) {
	k := s.kept[i]
	k.m.Release()
	copy(s.kept[i:], s.kept[i+1:])
	last := len(s.kept) - 1
	s.kept[last] = kept{times: k.times}
	s.kept = s.kept[:last]
}

func (s *store) clear() {
	for len(s.kept) > 0 {
		s.remove(len(s.kept) - 1)
	}
}

func (s *store) find(number uint32) *kept {
	for i := range s.kept {
		if s.kept[i].number == number {
			return &s.kept[i]
		}
	}
	return nil
}

// sent notes that a message's last packet has left.
func (s *store) sent(number uint32, now time.Time) {
	if k := s.find(number); k != nil {
		k.done, k.again = now, now
	}
}

// expire forgets live messages that nobody can use any more.
func (s *store) expire(now time.Time, limit time.Duration) {
	for i := 0; i < len(s.kept); {
		if k := &s.kept[i]; !k.lossless && !k.done.IsZero() && now.Sub(k.done) > limit {
			s.remove(i)
			continue
		}
		i++
	}
}

// confirm takes a report over, and gives how many lossless frames are done with.
func (s *store) confirm(r datagram.Report) (lossless int) {
	for i := 0; i < len(s.kept); {
		k := &s.kept[i]
		if ahead := k.number - r.AckBase; ahead < 64 && r.AckBits>>ahead&1 != 0 {
			k.whole = true
		}
		if k.done.IsZero() || !before(k.number, r.AckBase) {
			i++
			continue
		}
		if k.lossless {
			lossless++
		}
		s.remove(i)
	}
	return lossless
}

// unconfirmed counts the lossless frames, and their bytes, that the receiver has not handed on yet.
func (s *store) unconfirmed() (frames, bytes int) {
	for i := range s.kept {
		if k := &s.kept[i]; k.lossless {
			frames++
			bytes += k.m.Layout().Length
		}
	}
	return frames, bytes
}

// earn adds to what may be sent again.
func (s *store) earn(bytes uint64) {
	s.credit = min(s.credit+int(bytes)/creditShare, mostCredit)
}

// allow decides about sending a packet again, and pays for it.
func (s *store) allow(k *kept, r ref, size int) bool {
	if k.whole || r.packet >= len(k.times) {
		return false
	}
	if k.lossless {
		return true
	}
	if k.times[r.packet] >= mostSends-1 || s.credit < size {
		return false
	}
	k.times[r.packet]++
	s.credit -= size
	return true
}
