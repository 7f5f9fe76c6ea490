package udp

import (
	"errors"
	"slices"

	"framewire/transports/internal/ends"
	"framewire/transports/wire"
)

// admit says why there is no place for one more receiver, or nil.
func (s *sender) admit() *wire.Refusal {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.refusal()
}

// refusal is admit with the lock held.
func (s *sender) refusal() *wire.Refusal {
	if s.over() {
		return wire.Refuse(wire.ReasonBusy, "the stream has ended here")
	}
	if len(s.peers) >= s.cfg.MaxPeers {
		return wire.Refuse(wire.ReasonFull, "max_peers is reached: "+ends.Receivers(len(s.peers))+" connected")
	}
	return nil
}

// done reports whether no further receiver is to be dialled.
func (s *sender) done() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.over()
}

// over reports whether there is nothing left for somebody who comes now. The lock is held.
func (s *sender) over() bool {
	return s.state == closing || s.state == ending && len(s.carry.items) == 0
}

// join makes a session one of the receivers. Those who come to a lossless stream that lost its receivers get
// what these had not got.
func (s *sender) join(l *link) (member, *wire.Refusal) {
	p := newPeer(s, l)
	s.mu.Lock()
	if refusal := s.refusal(); refusal != nil {
		s.mu.Unlock()
		return nil, refusal
	}
	p.replace(s.peers)
	for _, it := range s.carry.items {
		p.queue.push(it)
	}
	if s.state == ending {
		s.carry.clear()
	}
	s.peers = append(s.peers, p)
	if !p.group {
		s.env.Counters.Peers.Add(1)
	}
	if s.lost > 0 {
		s.lost--
		s.env.Counters.Reconnects.Add(1)
	}
	count := len(s.peers)
	s.mu.Unlock()
	s.changed.Notify()
	if p.group {
		return p, nil
	}
	s.end.news.Say(s.env.Log.Info, "receiver connected", "receiver", l.name, "receivers", count)
	return p, nil
}

// replace takes over what an older session with the same receiver has not delivered, and ends that. Who
// dials has only one receiver, even if that was started again. The sender's lock is held.
func (p *peer) replace(peers []*peer) {
	for _, old := range peers {
		if old.replaced || p.s.cfg.Dial == "" && !p.link.follows(old.link) {
			continue
		}
		old.replaced = true
		for _, it := range old.queue.items {
			if it.frame.Lossless {
				p.queue.push(it)
			}
		}
		old.mu.Lock()
		old.bye = errors.New("it has begun anew")
		old.mu.Unlock()
		old.wake()
	}
}

// leave takes a receiver off the list and keeps what it had not got for the case that nobody is left.
func (s *sender) leave(p *peer, cause error) {
	p.close()
	s.mu.Lock()
	s.peers = slices.DeleteFunc(s.peers, func(other *peer) bool { return other == p })
	if !p.group {
		s.env.Counters.Peers.Add(-1)
	}
	stopped, told, count := s.state == closing, p.told, len(s.peers)
	switch {
	case stopped:
		s.undelivered = max(s.undelivered, p.queue.lossless())
	case !told:
		s.lost++
		if !p.replaced {
			s.keep(p)
		}
	}
	p.queue.clear()
	s.mu.Unlock()
	s.advise()
	s.changed.Notify()
	switch {
	case stopped:
	case told:
		s.env.Log.Debug("receiver has read it all", "receiver", p.link.name)
	default:
		s.end.news.Say(s.env.Log.Warn, "receiver left", "receiver", p.link.name, "cause", cause, "receivers", count)
	}
}

// keep remembers a receiver's unconfirmed lossless frames. All queues end with the same frame, so the
// longest contains the others.
func (s *sender) keep(p *peer) {
	if len(p.queue.items) <= len(s.carry.items) || !p.queue.items[0].frame.Lossless {
		return
	}
	s.carry.clear()
	for _, it := range p.queue.items {
		s.carry.push(it)
	}
}

// drop gives up a frame that waited too long for this receiver. The sender's lock is held.
func (p *peer) drop(it *item) {
	p.drops.Add(it.frame, p.s.set.now())
	p.mu.Lock()
	if p.gated {
		p.drops.behind, p.drops.rate = true, p.flight.rate
	}
	p.mu.Unlock()
	p.s.env.Counters.Dropped.Add(1)
	p.s.items.release(it)
}

// advise hands on what the receivers can take.
func (s *sender) advise() {
	if s.cfg.Adapt == adaptOff || s.env.Advise == nil {
		return
	}
	s.mu.Lock()
	before := s.steps.now
	step := s.steps.choose(s.peers)
	alone := len(s.peers) == 0
	s.mu.Unlock()
	if step == before {
		return
	}
	advice := steps[step]
	s.env.Advise(advice)
	if alone {
		return // nobody is left whom it would be for
	}
	if step > before {
		s.env.Log.Warn("the network does not carry the stream: lowered it", "quality", percent(advice), "frames", oneOf(advice))
	} else {
		s.env.Log.Info("the network carries more again: raised the stream", "quality", percent(advice), "frames", oneOf(advice))
	}
}
