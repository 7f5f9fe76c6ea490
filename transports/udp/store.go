package udp

import (
	"time"

	"framewire/transports/datagram"
)

const (
	mostKept    = 64       // messages
	mostBytes   = 64 << 20 // of live messages
	mostAsked   = 4096     // packets
	mostSends   = 3        // of one packet of a live stream
	firstCredit = 32 << 10
	mostCredit  = 256 << 10
	creditShare = 4 // of what is sent, one part in so many may be sent again
	// leastAgain is between two sendings of one packet of a lossless stream, whatever round trip the reports claim.
	leastAgain = 5 * time.Millisecond
	// leastTrip is the least round trip that a lossless stream's resends are counted by.
	leastTrip = 20 * time.Millisecond
)

// store keeps the messages that a receiver may still ask for, oldest first.
type store struct {
	kept   []kept
	credit int // bytes that may be sent again: a token bucket that fills with what is sent
	// repeats is the same for lossless messages: as much again as was sent, and some in each round trip so
	// that nothing waits for ever.
	repeats  int
	repeated time.Time // until when the round trips are counted
	live     int       // bytes of live messages
}

// kept is a message that was sent, or is being sent.
type kept struct {
	m        *datagram.Message
	number   uint32
	lossless bool
	whole    bool        // the receiver has all of it
	done     time.Time   // when its last packet left; zero before
	again    time.Time   // when something of it was last sent again
	times    []uint8     // how often each packet was sent again, if it is live
	last     []time.Time // when each packet was last sent again, if it is lossless
}

// ref names one packet.
type ref struct {
	number uint32
	packet int
}

// before compares frame numbers, which wrap (RFC 1982).
func before(a, b uint32) bool { return int32(a-b) < 0 }

func (s *store) add(m *datagram.Message, number uint32, lossless bool) {
	size := m.Layout().Length
	for i := 0; i < len(s.kept); {
		if s.kept[i].lossless || len(s.kept) < mostKept && (lossless || s.live+size <= mostBytes) {
			i++
			continue
		}
		s.remove(i)
	}
	if !lossless {
		s.live += size
	}
	if n := len(s.kept); n < cap(s.kept) {
		s.kept = s.kept[:n+1]
	} else {
		s.kept = append(s.kept, kept{})
	}
	k := &s.kept[len(s.kept)-1]
	times, last := k.times[:0], k.last[:0]
	for range m.Packets() {
		if lossless {
			last = append(last, time.Time{})
		} else {
			times = append(times, 0)
		}
	}
	*k = kept{m: m.Retain(), number: number, lossless: lossless, times: times, last: last}
}

// remove takes one out and keeps its memory for the next.
func (s *store) remove(i int) {
	k := s.kept[i]
	if !k.lossless {
		s.live -= k.m.Layout().Length
	}
	k.m.Release()
	copy(s.kept[i:], s.kept[i+1:])
	last := len(s.kept) - 1
	s.kept[last] = kept{times: k.times, last: k.last}
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

// first notes bytes of a lossless message that were sent for the first time.
func (s *store) first(bytes uint64) {
	s.repeats = min(s.repeats+int(bytes), mostWindow)
}

// refill adds what may be sent again of lossless messages for the time that has passed.
func (s *store) refill(now time.Time, trip time.Duration) {
	trip = max(trip, leastTrip)
	passed := min(now.Sub(s.repeated), trip)
	more := int(int64(leastWindow) * int64(passed) / int64(trip))
	if more > 0 {
		s.repeats, s.repeated = min(s.repeats+more, mostWindow), now
	}
}

// allow decides about sending a packet again, and pays for it. A receiver that asks for the same again and
// again gets no more than one that needs it.
func (s *store) allow(k *kept, r ref, size int, now time.Time, trip time.Duration) bool {
	if k.whole || r.packet >= k.m.Packets() {
		return false
	}
	if k.lossless {
		s.refill(now, trip)
		if now.Sub(k.last[r.packet]) < max(trip/2, leastAgain) || s.repeats < size {
			return false
		}
		k.last[r.packet] = now
		s.repeats -= size
		return true
	}
	if k.times[r.packet] >= mostSends-1 || s.credit < size {
		return false
	}
	k.times[r.packet]++
	s.credit -= size
	return true
}
