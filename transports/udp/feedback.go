package udp

import (
	"errors"
	"fmt"
	"time"

	"framewire/transports/batch"
	"framewire/transports/datagram"
)

const (
	// mostUntold and mostUntoldFrames are what of a lossless stream comes or is handed on between two reports, or a
	// third of what the socket keeps, and soon is how long less of it waits for one.
	mostUntold       = 256 << 10
	mostUntoldFrames = 8
	soon             = 2 * time.Millisecond
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
	pinged := s.ping(now)
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.ask.IsZero() && !s.ask.After(now) {
		s.look(now)
	}
	if !s.ask.IsZero() {
		next = earlier(next, s.ask)
	}
	switch due := s.due(); {
	case pinged && due.IsZero(), !due.IsZero() && !due.After(now):
		s.report(now)
	case !due.IsZero():
		next = earlier(next, due)
	}
	next = earlier(next, s.pinged.Add(s.every(now)))
	s.until = next
	return next
}

// ping shows the sender that we live, and asks for its clock, when it is time for that.
func (s *inbound) ping(now time.Time) bool {
	if now.Sub(s.pinged) < s.every(now) {
		return false
	}
	s.pinged = now
	s.pings++
	s.link.send(datagram.Ping{Sent: s.r.set.now()})
	return true
}

// every is the time between two pings.
func (s *inbound) every(now time.Time) time.Duration {
	every := s.r.set.ping
	if s.pings < hurriedly {
		every /= hurry
	}
	if s.link.silence(now) > s.r.set.ping {
		every /= hurry
	}
	return every
}

// due is when the next report is, or zero where nothing is new. The lock is held.
func (s *inbound) due() time.Time {
	switch {
	case s.handed > 0:
		return s.reported.Add(soon)
	case s.got != s.told:
		return s.reported.Add(s.r.set.feedback)
	}
	return time.Time{}
}

// needServe sees to it that serve looks at that time at the latest. The lock is held.
func (s *inbound) needServe(at time.Time) {
	if at.Before(s.until) {
		s.until = at
		signal(s.kick)
	}
}

// handOn notes that Read has handed a frame of a lossless stream on, which the sender waits for. The lock is
// held.
func (s *inbound) handOn(bytes int, now time.Time) {
	s.handed++
	s.bytes += bytes
	if s.handed >= mostUntoldFrames || s.bytes >= s.untold {
		s.report(now)
		return
	}
	s.needServe(s.due())
}

// setRoom takes note of what the socket keeps, so that the sender and the reports keep to it.
func (s *inbound) setRoom(conn batch.PacketConn) {
	s.untold = mostUntold
	if c, ok := conn.(*batch.Conn); ok && c.Buffers().Read > 0 {
		room := min(c.Buffers().Read, mostWindow)
		s.got.Room, s.untold = uint32(room), min(s.untold, room/3)
	}
}

// report tells the sender what arrived. The lock is held; sending under it keeps the reports in order.
func (s *inbound) report(now time.Time) {
	base, bits, ok := s.re.Acks()
	if !ok && s.gotAt.IsZero() {
		return
	}
	stats := s.re.Stats()
	s.got.Late, s.got.Complete = uint32(stats.Late), uint32(stats.Complete)
	// What Read has not taken yet is not done with: a lossless stream goes no faster than it is read.
	ready := s.re.Ready()
	s.got.AckBase, s.got.AckBits = base-uint32(ready), bits<<ready|(1<<ready-1)
	s.told, s.reported = s.got, now
	s.handed, s.bytes = 0, 0
	s.out = s.got
	s.out.Age = now.Sub(s.gotAt)
	s.link.send(&s.out)
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
		s.nack = asks[:n]
		s.link.send(&s.nack)
		s.link.send(&s.nack) // a lost one would cost a round trip, and this little
		asks = asks[n:]
	}
}

// nack is asks as one message.
type nack []datagram.Ask

// Append adds the message to dst.
func (n nack) Append(dst []byte) []byte { return datagram.AppendNack(dst, n) }
