package tcp

import (
	"context"
	"crypto/sha256"
	"errors"
	"slices"

	"framewire/pipeline"
	"framewire/transports/internal/ends"
)

var errUnconfirmed = errors.New("stopped before it was confirmed")

// confirms reports whether the delivery of a frame is to be confirmed.
func (s *sender) confirms(f *pipeline.Frame) bool {
	switch s.cfg.Delivery {
	case deliveryLive:
		return false
	case deliveryConfirmed:
		return f.Confirm || f.Lossless
	}
	return f.Confirm
}

// writePhoto offers a photo to every receiver that can confirm it. It waits for receivers and for room.
func (s *sender) writePhoto(ctx context.Context, f *pipeline.Frame) error {
	ph := &photo{frame: f, sum: sha256.Sum256(f.Data)}
	s.announcePhotos()
	return s.changed.Await(ctx, &s.mu, s.env.Log, func() string {
		s.lossless = true
		if what := s.waitForPhoto(len(f.Data)); what != "" {
			return what
		}
		ph.settle = f.Hold()
		f.Retain()
		s.window.add(ph)
		for _, p := range s.peers {
			if p.confirms {
				p.offer(ph)
			}
		}
		return ""
	})
}

// announcePhotos tells, with the first photo, which of the receivers that are there will get none.
func (s *sender) announcePhotos() {
	var unfit []*peer
	s.mu.Lock()
	if !s.window.asked {
		s.window.asked = true
		unfit = slices.DeleteFunc(slices.Clone(s.peers), func(p *peer) bool { return p.confirms })
	}
	s.mu.Unlock()
	for _, p := range unfit {
		s.tellUnfit(p)
	}
}

func (s *sender) tellUnfit(p *peer) {
	s.end.news.Say(s.env.Log.Warn, "receiver cannot confirm what it gets, so no photo goes to it: install the same release there, or set `delivery: live` here",
		"receiver", p.name)
}

// waitForPhoto says what a photo of that size has to wait for now, or nothing. The lock is held.
func (s *sender) waitForPhoto(size int) string {
	there := 0
	for _, p := range s.peers {
		if p.confirms {
			there++
		}
	}
	missing := s.cfg.MinPeers - there
	s.window.begun = there > 0 && (s.window.begun || missing <= 0)
	switch full := s.window.full(size); {
	case missing > 0 && (full || !s.window.begun):
		return s.waitingText(missing)
	case full:
		return ends.Untold
	}
	return ""
}

// catchUp offers a receiver that has come the photos that others left to it, and those for which receivers
// are missing. The lock is held.
func (s *sender) catchUp(p *peer) {
	for _, ph := range s.window.photos {
		if !ph.answeredBy(p.instance) && (ph.left > 0 || len(ph.answered)+ph.pending < s.cfg.MinPeers) {
			ph.left = max(ph.left-1, 0)
			p.offer(ph)
		}
	}
}

// abandon takes note that a receiver left what it had not answered to the next that comes; one that was
// there before, and has come back before it was missed, may do. It gives the photos that are settled
// without it. The lock is held.
func (s *sender) abandon(p *peer) []*photo {
	for _, t := range p.transfers {
		ph := t.photo
		ph.pending--
		ph.left++
		for _, other := range s.peers {
			again := p.instance != 0 && p.instance == other.instance
			missing := len(ph.answered)+ph.pending < s.cfg.MinPeers
			if other.confirms && (again || missing) && other.transfer(ph.number) == nil && !ph.answeredBy(other.instance) {
				ph.left--
				other.offer(ph)
				break
			}
		}
	}
	p.transfers = nil
	return s.window.settled(s.cfg.MinPeers)
}

// conclude tells the sources of photos that are settled. No lock is held.
func (s *sender) conclude(done []*photo) {
	for _, ph := range done {
		ph.settle(ph.refusal)
		ph.frame.Release()
	}
	if len(done) == 0 {
		return
	}
	s.mu.Lock()
	if s.state == ending {
		for _, p := range s.peers {
			p.wake()
		}
	}
	s.mu.Unlock()
	s.changed.Notify()
}

// surrender gives the photos up that are left when the sender has closed.
func (s *sender) surrender() {
	s.mu.Lock()
	left := s.window.photos
	s.window = window{last: s.window.last}
	s.mu.Unlock()
	for _, ph := range left {
		ph.settle(errUnconfirmed)
		ph.frame.Release()
	}
}
