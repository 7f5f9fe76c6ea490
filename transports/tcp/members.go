package tcp

import (
	"context"
	"fmt"
	"slices"

	"framewire/transports/wire"
)

// admit takes a place for one more receiver.
func (s *sender) admit() *wire.Refusal {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.places >= s.cfg.MaxPeers {
		return wire.Refuse(wire.ReasonFull, fmt.Sprintf("%d receivers are connected, which is max_peers", s.places))
	}
	s.places++
	return nil
}

func (s *sender) dismiss() {
	s.mu.Lock()
	s.places--
	s.mu.Unlock()
	s.notify()
}

// done reports whether no further receiver is to be dialled.
func (s *sender) done() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state == closing || s.state == ending && len(s.carry.items) == 0
}

// serve is the life of one receiver's connection.
func (s *sender) serve(ctx context.Context, l *link) {
	defer s.dismiss()
	p := newPeer(s, l)
	defer p.conn.Close()
	stop := context.AfterFunc(ctx, func() { p.conn.Close() })
	err := p.awaitPing()
	stop()
	if err != nil {
		if ctx.Err() != nil {
			return
		}
		s.end.complaints.complain(s.env.Log.Warn, "receiver left before it began", "receiver", p.name, "cause", plain(err))
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
	defer s.mu.Unlock()
	if s.state == closing {
		return false
	}
	for _, it := range s.carry.items {
		p.queue.push(it)
	}
	if s.state == ending {
		s.carry.clear()
	}
	s.peers = append(s.peers, p)
	s.env.Counters.Peers.Add(1)
	if s.lost > 0 {
		s.lost--
		s.env.Counters.Reconnects.Add(1)
	}
	s.env.Log.Info("receiver connected", "receiver", p.name, "receivers", len(s.peers))
	s.notify()
	return true
}

// leave takes a receiver off the list and keeps what it had not got for the case that nobody is left.
func (s *sender) leave(p *peer, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.peers = slices.DeleteFunc(s.peers, func(other *peer) bool { return other == p })
	s.env.Counters.Peers.Add(-1)
	switch {
	case s.state == closing:
	case p.told:
		s.env.Log.Debug("receiver has read it all", "receiver", p.name)
	default:
		s.lost++
		s.keep(p)
		s.env.Log.Warn("receiver left", "receiver", p.name, "cause", p.cause(err), "receivers", len(s.peers))
	}
	p.queue.clear()
	s.notify()
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
