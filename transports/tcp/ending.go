package tcp

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"framewire/transports/internal/ends"
)

// End empties the queues, tells every receiver that the stream is over, and waits until they have read
// it all. A lossless stream takes the time that its receivers need (see peer.lingers), a live one two
// seconds.
func (s *sender) End(ctx context.Context) error {
	s.mu.Lock()
	if !s.lossless {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, s.set.end)
		defer cancel()
	}
	s.state = ending
	for _, p := range s.peers {
		s.carry.clear() // those who are there have it in their queues
		p.wake()
	}
	left := len(s.carry.items)
	if len(s.peers) == 0 {
		left += len(s.window.photos)
	}
	s.mu.Unlock()
	if left > 0 {
		s.env.Log.Info("the stream has ended, waiting for a receiver to take what is left", "frames", left)
	}
	err := s.changed.Await(ctx, &s.mu, s.env.Log, func() string {
		if s.places > 0 || !s.over() {
			return ends.Untold
		}
		return ""
	})
	if err != nil {
		return s.unread()
	}
	return nil
}

// unread says who did not get the end. For a live stream that is no error: the end comes all the same
// when the connection closes.
func (s *sender) unread() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch n := len(s.window.photos); {
	case n > 0:
		return fmt.Errorf("the stream ended and the delivery of %d photos is not confirmed", n)
	case !s.lossless || s.places == 0 && len(s.carry.items) == 0:
		return nil
	}
	return errors.New("the stream ended and " + s.behind() + " had not read all of it")
}

func (s *sender) behind() string {
	switch len(s.peers) {
	case 0:
		return "a receiver that broke off"
	case 1:
		return "receiver " + s.peers[0].name
	}
	return ends.Receivers(len(s.peers))
}

// Close says bye to those who are still connected, closes all connections and the port, and waits for
// every goroutine. It takes about as long as settings.answers and settings.bye at most.
func (s *sender) Close() error {
	s.mu.Lock()
	if s.state == closing {
		s.mu.Unlock()
		return nil
	}
	s.mu.Unlock()
	s.awaitAnswers()
	s.mu.Lock()
	s.state = closing
	for _, p := range s.peers {
		p.hurry()
	}
	if s.undelivered = 0; len(s.peers) == 0 {
		s.undelivered = s.carry.lossless()
	}
	s.mu.Unlock()
	force := time.AfterFunc(s.set.bye, s.closeAll)
	defer force.Stop()
	close(s.stop)
	s.end.close()
	s.reports.Wait()
	s.mu.Lock()
	s.carry.clear()
	s.lost, s.begun = 0, false
	undelivered := s.undelivered + len(s.window.photos)
	s.mu.Unlock()
	s.surrender()
	if undelivered > 0 {
		s.env.Counters.Dropped.Add(uint64(undelivered))
		s.env.Log.Warn("stopped before everything was delivered", "frames", undelivered)
	}
	return nil
}

// awaitAnswers waits a moment for the answers that receivers owe: who stops a sender just after a photo should not
// be told that it has failed.
func (s *sender) awaitAnswers() {
	ctx, cancel := context.WithTimeout(context.Background(), s.set.answers)
	defer cancel()
	_ = s.changed.Await(ctx, &s.mu, s.env.Log, func() string { // what is still owed then, surrender tells
		if slices.ContainsFunc(s.window.photos, func(ph *photo) bool { return ph.pending > 0 }) {
			return ends.Untold
		}
		return ""
	})
}

func (s *sender) closeAll() {
	s.mu.Lock()
	peers := slices.Clone(s.peers)
	s.mu.Unlock()
	for _, p := range peers {
		p.conn.Close()
	}
}
