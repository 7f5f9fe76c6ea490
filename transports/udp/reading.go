package udp

import (
	"time"

	"framewire/pipeline"
	"framewire/transports/datagram"
)

// next gives a frame, or when to ask again, or why there will be none.
func (s *inbound) next(now time.Time) (f *pipeline.Frame, wake time.Time, err error) {
	s.mu.Lock()
	at := now
	if s.lost != nil {
		at = now.Add(flushed) // nothing unfinished will be finished
	}
	if len(s.kept) > 0 {
		f, s.kept = s.kept[0], s.kept[1:]
	} else {
		f, err = s.re.Next(at)
	}
	wake, waits := s.re.Wake()
	if !waits {
		wake = now.Add(s.r.set.look)
	}
	base, _, known := s.re.Acks()
	over := !s.ended.IsZero() && !waits &&
		(!known || !before(base, s.last+1) || now.Sub(s.ended) >= s.r.cfg.Latency || s.lost != nil)
	lost := s.lost
	switch {
	case f != nil && f.Lossless && !s.group:
		s.handOn(len(f.Data), now)
	case f == nil && err == nil && over:
		s.acked = true
		if !s.group {
			s.report(now)
		}
	}
	s.countLate()
	s.mu.Unlock()
	switch {
	case f != nil:
		return f, wake, nil
	case err != nil:
		return nil, wake, skipped(err)
	case over:
		if !s.group {
			s.link.send(datagram.EndAck{})
		}
		return nil, wake, pipeline.ErrEnd
	}
	return nil, wake, lost
}

// local brings a time of the sender to our clock.
func (s *inbound) local(theirs time.Time) time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.clock.Local(theirs)
}

// trim drops the oldest frames of a live stream that Read is too slow for. The lock is held.
func (s *inbound) trim() {
	for !s.lossless && s.re.Ready() > liveQueue {
		f, err := s.re.Next(time.Time{})
		if err == nil && f.Lossless && len(s.kept) < groupKept { // in a group its fragments do not say so
			s.kept = append(s.kept, f)
			continue
		}
		if err == nil {
			f.Release()
		}
		s.r.env.Counters.Dropped.Add(1)
	}
}
