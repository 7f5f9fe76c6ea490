package udp

import "time"

// lose says that nothing more will come. Only the first reason counts.
func (s *inbound) lose(why error) {
	s.mu.Lock()
	known := s.lost != nil
	if !known {
		s.lost = why
	}
	s.mu.Unlock()
	if known {
		return // waking serve each time would keep it busy until Read comes
	}
	signal(s.arrived)
	signal(s.kick)
}

// part says what Read has handed on, and bye. After the end of the stream it first waits for the sender's bye, and
// meanwhile take repeats that all is read.
func (s *inbound) part(why string) {
	if s.group {
		return
	}
	s.mu.Lock()
	if s.handed > 0 {
		s.report(time.Now())
	}
	s.mu.Unlock()
	limit := time.NewTimer(s.r.set.bye)
	defer limit.Stop()
	for waiting := true; waiting; {
		s.mu.Lock()
		waiting = s.acked && !s.parted
		s.mu.Unlock()
		if !waiting {
			break
		}
		select {
		case <-s.kick:
		case <-limit.C:
			waiting = false
		}
	}
	s.link.bye(why)
}

func (s *inbound) close() {
	s.link.over.Store(true)
	s.mu.Lock()
	s.re.Close()
	for _, f := range s.kept {
		f.Release()
	}
	s.kept, s.closed = nil, true
	s.mu.Unlock()
}

// signal puts a token into a channel that holds one.
func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
