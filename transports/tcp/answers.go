package tcp

import (
	"fmt"
	"sync"
	"time"

	"framewire/pipeline"
	"framewire/transports/wire"
)

// answers wait to be written to the sender, by the goroutine that pings it. There are no more than photos
// that it has offered: a sender that reads none comes to the end of what it may offer.
type answers struct {
	more chan struct{} // holds one token

	mu    sync.Mutex
	queue []wire.OfferAnswer
	open  int // photos that were offered, and whose last answer was not written
	why   error
}

// enter counts a photo that was offered.
func (s *session) enter() error {
	s.answers.mu.Lock()
	defer s.answers.mu.Unlock()
	if s.answers.open >= maxOpen {
		return fmt.Errorf("it offers more than %d photos before they are answered", maxOpen)
	}
	s.answers.open++
	return nil
}

// answer queues a word about a photo. It takes the place of an older one that was not written. It does not
// block, and may be called from any goroutine, also when the session is over.
func (s *session) answer(a wire.OfferAnswer) {
	s.answers.mu.Lock()
	placed := false
	for i := range s.answers.queue {
		if s.answers.queue[i].Transfer == a.Transfer {
			s.answers.queue[i], placed = a, true
		}
	}
	if !placed {
		s.answers.queue = append(s.answers.queue, a)
	}
	s.answers.mu.Unlock()
	select {
	case s.answers.more <- struct{}{}:
	default:
	}
}

// appendAnswers adds what waits to dst.
func (s *session) appendAnswers(dst []byte) []byte {
	s.answers.mu.Lock()
	defer s.answers.mu.Unlock()
	for _, a := range s.answers.queue {
		if a.Verdict != wire.VerdictWant {
			s.answers.open--
		}
		dst = a.Append(dst)
	}
	s.answers.queue = s.answers.queue[:0]
	return dst
}

// giveUp has the goroutine that reads end the session, so that its sender offers again what could not be kept.
func (s *session) giveUp(why error) {
	s.answers.mu.Lock()
	if s.answers.why == nil {
		s.answers.why = fmt.Errorf("a photo could not be kept for now: %s", pipeline.Cause(why))
	}
	s.answers.mu.Unlock()
	_ = s.conn.SetReadDeadline(time.Unix(1, 0))
}

// givenUp gives why the session has to end, or nil.
func (s *session) givenUp() error {
	s.answers.mu.Lock()
	defer s.answers.mu.Unlock()
	return s.answers.why
}
