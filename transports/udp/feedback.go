package udp

import (
	"errors"
	"fmt"
	"time"

	"framewire/transports/datagram"
)

// work does what is due and says when there is something to do again.
func (s *inbound) work(now time.Time) (next time.Time) {
	next = now.Add(s.r.set.look)
	if s.link.silence(now) >= s.r.set.dead {
		if s.group {
			s.link.hub.silent.Store(true)
		}
		s.lose(fmt.Errorf("no sign of life for %s", s.r.set.dead))
		return next
	}
	if !s.link.fits.Load() {
		s.lose(errors.New("its session has to begin anew"))
	}
	if s.group {
		return next
	}
	s.mu.Lock()
	if !s.ask.IsZero() {
		if !s.ask.After(now) {
			s.look(now)
		}
		if !s.ask.IsZero() {
			next = earlier(next, s.ask)
		}
	}
	news := s.got != s.told
	s.mu.Unlock()
	every := s.r.set.ping
	if s.pings < hurriedly {
		every /= hurry
	}
	if s.link.silence(now) > s.r.set.ping {
		every /= hurry
	}
	if now.Sub(s.pinged) >= every {
		s.pinged = now
		s.pings++
		s.link.send(datagram.Ping{Sent: s.r.set.now()})
		news = true
	}
	switch due := s.reported.Add(s.r.set.feedback); {
	case news && due.After(now):
		next = earlier(next, due)
	case news:
		s.reported = now
		s.report(now)
	}
	return earlier(next, s.pinged.Add(every))
}

// report tells the sender what arrived.
func (s *inbound) report(now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	base, bits, ok := s.re.Acks()
	if !ok && s.gotAt.IsZero() {
		return
	}
	stats := s.re.Stats()
	s.got.Late, s.got.Complete = uint32(stats.Late), uint32(stats.Complete)
	// What Read has not taken yet is not done with: a lossless stream goes no faster than it is read.
	ready := s.re.Ready()
	s.got.AckBase, s.got.AckBits = base-uint32(ready), bits<<ready|(1<<ready-1)
	r := s.got
	s.told = r
	r.Age = now.Sub(s.gotAt)
	s.link.send(r)
}

// countLate counts the frames that were given up. The lock is held.
func (s *inbound) countLate() {
	if late := s.re.Stats().Late; late > s.late {
		s.r.env.Counters.Dropped.Add(late - s.late)
		s.late = late
	}
}

// count takes over what the session has counted. The lock is held.
func (s *inbound) count(now time.Time) {
	if s.group {
		return
	}
	sealed, opened := s.link.session.Received()
	if sealed > 0 && sealed-1 > s.got.Highest || s.gotAt.IsZero() {
		s.got.Highest, s.gotAt = max(sealed, 1)-1, now
	}
	// What was overtaken a moment ago is not lost yet, and only loss is answered with parity.
	if now.Sub(s.markedAt) >= overtaken {
		s.settled, s.marked, s.markedAt = s.marked, sealed, now
	}
	s.got.Received = max(s.got.Received, opened+s.link.session.Missing(s.settled))
	s.got.Bytes = s.link.bytes
}

// look asks for what is missing and worth it. The lock is held; sending under it keeps the asks in order.
func (s *inbound) look(now time.Time) {
	s.ask = time.Time{}
	if s.group || !s.r.cfg.Retransmit && !s.lossless {
		return
	}
	trip := s.trip
	if trip == 0 {
		trip = firstGuessed
	}
	s.asks = s.asks[:0]
	next, ok := s.re.Missing(now, trip, func(a datagram.Ask) { s.asks = append(s.asks, a) })
	if ok {
		s.ask = next
	}
	most := datagram.MaxAsks(s.link.payload())
	for asks := s.asks; len(asks) > 0; {
		n := min(len(asks), most)
		s.link.send(nack(asks[:n]))
		s.link.send(nack(asks[:n])) // a lost one would cost a round trip, and this little
		asks = asks[n:]
	}
}

// nack is asks as one message.
type nack []datagram.Ask

// Append adds the message to dst.
func (n nack) Append(dst []byte) []byte { return datagram.AppendNack(dst, n) }
