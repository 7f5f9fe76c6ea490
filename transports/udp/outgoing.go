package udp

import (
	"time"

	"framewire/transports/datagram"
)

const (
	spread       = 0.7 // of the time until the next frame is due, over which a frame leaves
	leastGap     = time.Millisecond
	mostBusy     = 5 * time.Millisecond   // with frames, before reports, asks and the like have their turn
	mostInterval = 100 * time.Millisecond // between two frames, as far as pacing believes it
	// freeBurst is how many packets leave with one call where nothing is paced.
	freeBurst = 44
	// losslessWindow is how many frames of a lossless stream may be unconfirmed.
	losslessWindow = 3
	losslessBytes  = 24 << 20 // and how many bytes, beside the first one
	// smallWindow and smallWindowBytes let more of them be unconfirmed while they are small, so that neither end
	// waits for each.
	smallWindow      = 32
	smallWindowBytes = 2 << 20
)

// outgoing is the message that is being sent.
type outgoing struct {
	m        *datagram.Message
	number   uint32
	lossless bool
	packet   int // the next one
	chunk    int // packets that leave together
	due      time.Time
	gap      time.Duration
}

func (o *outgoing) finish() {
	if o.m != nil {
		o.m.Release()
	}
	o.m = nil
}

// sendFrames sends what is due of the frame under way, and begins the next ones. It says when more is due,
// which is at once where it was busy for so long that other work may wait.
func (p *peer) sendFrames(now time.Time) (next time.Time) {
	for began := now; now.Sub(began) < mostBusy; now = time.Now() {
		if p.now.m == nil {
			if ok, at := p.beginFrame(now); !ok {
				return at
			}
		}
		if p.now.due.After(now) {
			return p.now.due
		}
		if p.now.lossless && !p.roomFor(now) {
			return now.Add(p.s.set.again) // a report wakes us earlier
		}
		p.sendChunk(now)
	}
	return now
}

// beginFrame makes the next frame that waits the one under way, if it may go now.
func (p *peer) beginFrame(now time.Time) (ok bool, next time.Time) {
	next = now.Add(p.s.set.look)
	p.s.mu.Lock()
	it := p.queue.first()
	if it == nil {
		p.s.mu.Unlock()
		p.mu.Lock()
		p.gated = false
		p.mu.Unlock()
		return false, next
	}
	if free, at := p.mayBegin(it, now); !free {
		p.s.mu.Unlock()
		return false, at
	}
	if p.limit > 0 && uint64(len(it.frame.Data)) > uint64(p.limit) {
		p.refuse(it)
		p.s.mu.Unlock()
		p.s.changed.Notify()
		return p.beginFrame(now)
	}
	it = p.queue.begin()
	if p.group {
		p.queue.confirmed(1) // as far as anybody here can know
	}
	room := p.queue.drained()
	p.s.mu.Unlock()
	if room {
		p.s.changed.Notify()
	}
	defer p.s.items.release(it)
	m, err := it.message(p.s.splitter, p.shape(it, now))
	if err != nil { // check has seen the frame: nothing that can be cut is refused
		p.s.end.complaints.Say(p.s.env.Log.Warn, "frame cannot be sent", "cause", err)
		return p.beginFrame(now)
	}
	p.pace(m, it.frame.Lossless, now)
	if !p.group {
		p.mu.Lock()
		p.store.add(m, p.number, it.frame.Lossless)
		p.mu.Unlock()
	}
	p.number++
	return true, now
}

// mayBegin reports whether a frame may go, and otherwise when to look again. The sender's lock is held.
func (p *peer) mayBegin(it *item, now time.Time) (ok bool, next time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.group {
		return true, now
	}
	if !it.frame.Lossless {
		p.gated = p.flight.behind(now, p.link.sent.Load()) > p.s.cfg.Latency/3
		return !p.gated, now.Add(leastGap * 5)
	}
	frames, bytes := p.store.unconfirmed()
	bytes += len(it.frame.Data)
	most := losslessBytes
	if p.limit > 0 { // it has memory for two of the largest, and some of that goes to gaps
		most = min(most, int(p.limit))
	}
	ok = frames == 0 || bytes <= most && (frames < losslessWindow || frames < smallWindow && bytes <= smallWindowBytes)
	return ok, now.Add(p.s.set.look)
}

// refuse gives up a frame that the receiver does not take. The sender's lock is held.
func (p *peer) refuse(it *item) {
	p.s.end.complaints.Say(p.s.env.Log.Warn, "frame is too large for a receiver: raise max_frame there",
		"receiver", p.link.name, "bytes", len(it.frame.Data), "limit", p.limit)
	p.s.env.Counters.Dropped.Add(1)
	p.s.items.release(p.queue.takeOldest())
}

// pace decides in which bursts a message leaves.
func (p *peer) pace(m *datagram.Message, lossless bool, now time.Time) {
	o := outgoing{m: m, number: p.number, lossless: lossless && !p.group, chunk: freeBurst, due: now}
	if gone := now.Sub(p.began); gone < time.Second {
		if p.interval == 0 {
			p.interval = gone
		}
		p.interval += (gone - p.interval) / 8
	}
	p.began = now
	if !o.lossless {
		p.mu.Lock()
		over := p.haste.over(p.interval)
		p.mu.Unlock()
		if lossless {
			over = max(over, time.Duration(float64(m.Layout().Length)/groupRate*float64(time.Second)))
		}
		if bursts := min(int(over/leastGap), m.Packets()); bursts > 1 {
			o.chunk = min((m.Packets()+bursts-1)/bursts, mostSegments)
			o.gap = over / time.Duration(bursts)
		}
	}
	p.now = o
}

// sendChunk sends the packets that leave together now.
func (p *peer) sendChunk(now time.Time) {
	o := &p.now
	end := min(o.packet+o.chunk, o.m.Packets())
	wrote := p.burst(now, func() {
		for ; o.packet < end; o.packet++ {
			p.link.add(o.m, o.packet, o.number, false, !p.group)
		}
	})
	o.due = o.due.Add(o.gap)
	if o.lossless {
		p.mu.Lock()
		p.store.first(wrote)
		p.mu.Unlock()
	}
	if o.packet < o.m.Packets() {
		return
	}
	p.mu.Lock()
	p.store.sent(o.number, now)
	p.mu.Unlock()
	if !o.lossless {
		p.s.env.Counters.FramesOut.Add(1)
	}
	o.finish()
}

// burst sends what fn adds, and remembers when that was. It gives the bytes.
func (p *peer) burst(now time.Time, fn func()) (bytes uint64) {
	l := p.link
	l.mu.Lock()
	before, first := l.sent.Load(), l.counter+1
	fn()
	l.flush()
	after, last := l.sent.Load(), l.counter
	l.mu.Unlock()
	p.s.wrote(p, after-before)
	p.mu.Lock()
	p.flight.sent(first, last, after, now)
	p.store.earn(after - before)
	p.mu.Unlock()
	return after - before
}

// roomFor reports whether the network may get more of a lossless stream.
func (p *peer) roomFor(now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.flight.room(now, p.link.sent.Load())
}
