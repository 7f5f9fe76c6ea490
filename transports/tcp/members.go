package tcp

import (
	"context"
	"errors"
	"slices"

	"framewire/transports/internal/ends"
	"framewire/transports/wire"
)

// admit takes a place for one more receiver.
func (s *sender) admit() *wire.Refusal {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state == ending && s.over() {
		return wire.Refuse(wire.ReasonBusy, "the stream has ended here")
	}
	if s.places >= s.cfg.MaxPeers {
		return wire.Refuse(wire.ReasonFull, "max_peers is reached: "+ends.Receivers(s.places)+" connected")
	}
	s.places++
	return nil
}

func (s *sender) dismiss() {
	s.mu.Lock()
	s.places--
	s.mu.Unlock()
	s.changed.Notify()
}

// done reports whether no further receiver is to be dialled.
func (s *sender) done() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.over()
}

// over reports whether there is nothing left for somebody who comes now. The lock is held.
func (s *sender) over() bool {
	return s.state == closing || s.state == ending && len(s.carry.items) == 0 && len(s.window.photos) == 0
}

// serve is the life of one receiver's connection.
func (s *sender) serve(ctx context.Context, l *link) {
	defer s.dismiss()
	p := newPeer(s, l)
	defer p.conn.Close()
	stop := context.AfterFunc(ctx, func() { p.conn.Close() })
	err := p.awaitPing(l.until)
	stop()
	sent := l.settled()
	if err != nil {
		if ctx.Err() != nil || sent {
			return
		}
		s.end.complaints.Say(s.env.Log.Warn, "receiver left before it began", "receiver", p.name, "cause", plain(err))
		return
	}
	if !s.join(p) {
		return
	}
	written := make(chan struct{})
	go func() {
		defer close(written)
		p.writeAll()
	}()
	err = p.readAll()
	s.mu.Lock()
	p.over = true
	s.mu.Unlock()
	p.conn.Close()
	close(p.gone)
	<-written
	s.leave(p, err)
}

// join makes a connection one of the receivers, unless the sender is closing. Those who come to a
// lossless stream that lost its receivers get what these had not got.
func (s *sender) join(p *peer) bool {
	s.mu.Lock()
	if s.state == closing {
		s.mu.Unlock()
		return false
	}
	for _, it := range s.carry.items {
		p.queue.push(it)
	}
	if s.state == ending {
		s.carry.clear()
	}
	s.peers = append(s.peers, p)
	if p.confirms {
		s.catchUp(p)
	}
	unfit := s.window.asked && !p.confirms
	s.env.Counters.Peers.Add(1)
	if s.lost > 0 {
		s.lost--
		s.env.Counters.Reconnects.Add(1)
	}
	count := len(s.peers)
	s.mu.Unlock()
	s.changed.Notify()
	s.end.news.Say(s.env.Log.Info, "receiver connected", "receiver", p.name, "receivers", count)
	if unfit {
		s.tellUnfit(p)
	}
	return true
}

// leave takes a receiver off the list and keeps what it had not got for the case that nobody is left.
func (s *sender) leave(p *peer, err error) {
	s.mu.Lock()
	s.peers = slices.DeleteFunc(s.peers, func(other *peer) bool { return other == p })
	s.env.Counters.Peers.Add(-1)
	stopped, told, cause, count := s.state == closing, p.told, p.cause(err), len(s.peers)
	switch {
	case stopped:
		s.undelivered = max(s.undelivered, p.queue.lossless())
	case !told:
		s.lost++
		s.keep(p)
	}
	p.queue.clear()
	settled := s.abandon(p)
	s.mu.Unlock()
	s.changed.Notify()
	s.conclude(settled)
	switch {
	case stopped:
	case errors.Is(err, errLingers):
		s.end.news.Say(s.env.Log.Warn, "gave a receiver up after the end of the stream", "receiver", p.name, "cause", err)
	case told:
		s.env.Log.Debug("receiver has read it all", "receiver", p.name)
	default:
		s.end.news.Say(s.env.Log.Warn, "receiver left", "receiver", p.name, "cause", cause, "receivers", count)
	}
}

// keep remembers a receiver's unsent lossless frames. All queues end with the same frame, so the longest
// contains the others.
func (s *sender) keep(p *peer) {
	if len(p.queue.items) <= len(s.carry.items) || !p.queue.items[0].frame.Lossless {
		return
	}
	s.carry.clear()
	for _, it := range p.queue.items {
		s.carry.push(it)
	}
}
