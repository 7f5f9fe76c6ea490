package udp

import (
	"time"

	"framewire/transports/datagram"
)

// heardAsk is an ask that came a moment ago. Receivers say each twice.
type heardAsk struct {
	ask datagram.Ask
	at  time.Time
}

// repeated reports whether the same ask came less than half a round trip ago, and remembers it. The lock
// is held.
func (p *peer) repeated(a *datagram.Ask, now time.Time) bool {
	for i := range p.heard {
		if h := &p.heard[i]; h.ask == *a && now.Sub(h.at) < p.flight.roundTrip()/2 {
			return true
		}
	}
	p.heard[p.hearing] = heardAsk{*a, now}
	p.hearing = (p.hearing + 1) % len(p.heard)
	return false
}

// ask notes what the receiver misses.
func (p *peer) ask(asks []datagram.Ask, now time.Time) {
	p.mu.Lock()
	for i := range asks {
		a := &asks[i]
		if p.repeated(a, now) {
			continue
		}
		k := p.store.find(a.Frame)
		if k == nil || k.whole || !k.lossless && !p.s.cfg.Retransmit {
			continue
		}
		layout := k.m.Layout()
		if int(a.Block) >= layout.Blocks {
			continue
		}
		_, data := layout.Block(int(a.Block))
		a.Each(func(index int) {
			if index < data+layout.Parity && len(p.asked) < mostAsked {
				p.asked = append(p.asked, ref{a.Frame, k.m.Index(int(a.Block), index)})
			}
		})
	}
	p.mu.Unlock()
	p.wake()
}

// sendAgain sends what was asked for. A lossless frame of which nothing is known for long has its first
// packet sent again: if all others were lost the receiver cannot know that there is anything to ask for.
func (p *peer) sendAgain(now time.Time) (next time.Time) {
	next = now.Add(p.s.set.look)
	if p.group {
		return next
	}
	p.mu.Lock()
	p.store.expire(now, min(p.s.cfg.Latency+2*p.flight.roundTrip(), p.s.set.dead))
	patience := max(p.s.set.again, 3*p.flight.roundTrip())
	for i := range p.store.kept {
		k := &p.store.kept[i]
		if !k.lossless || k.whole || k.done.IsZero() {
			continue
		}
		if now.Sub(k.again) >= patience && len(p.asked) < mostAsked {
			p.asked = append(p.asked, ref{k.number, 0})
			k.again = now // also where it may not be sent yet
		}
		next = earlier(next, k.again.Add(patience))
	}
	work := len(p.asked) > 0
	p.mu.Unlock()
	if work {
		p.burst(now, func() { p.addAsked(now) })
		next = earlier(next, now.Add(patience))
	}
	return next
}

// addAsked adds the packets that were asked for to the burst.
func (p *peer) addAsked(now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	trip := p.flight.roundTrip()
	for _, r := range p.asked {
		k := p.store.find(r.number)
		if k == nil || p.now.m != nil && r.number == p.now.number && r.packet >= p.now.packet {
			continue // it is done with, or leaves anyway
		}
		if p.store.allow(k, r, p.link.mtu, now, trip) {
			k.again = now
			p.link.add(k.m, r.packet, r.number, true, true)
		}
	}
	p.asked = p.asked[:0]
}
