package datagram

import "time"

const (
	// reorder is by how many packets one may be overtaken before it counts as lost (RFC 9002, section 6.1.1);
	// more where the network has overtaken more.
	reorder = 3
	// liveAsks is how often a shard of a live frame is asked for.
	liveAsks = 2
	// blindAsk names what is asked for of a frame of which nothing came: all of a small one, and of a large
	// one enough to learn what it is.
	blindAsk = 1<<16 - 1
	// touchedBy is how many shards have to come for each block of which nothing came, but one, before that is
	// asked for.
	touchedBy = 25
)

// Missing calls emit for the shards that are worth asking for: where the parity that may still come cannot
// complete the block, for a live frame only while a round trip fits in before its deadline and at most
// twice a shard, and nothing that was asked for less than 1.25 round trips ago. It gives when to ask again
// though nothing comes; without anything to wait for ok is false.
func (r *Reassembler) Missing(now time.Time, rtt time.Duration, emit func(Ask)) (next time.Time, ok bool) {
	q := query{r: r, now: now, rtt: rtt, again: rtt + rtt/4, emit: emit}
	q.quiet = max(min(r.gap+r.gap/2, r.limits.Latency/4), rtt/4, time.Millisecond)
	for n := r.base; n != r.next; n++ {
		s := r.slot(n)
		q.number, q.limited = n, false
		if deadline, ok := r.deadlineOf(n); ok {
			q.limited = true
			if q.latest = deadline.Add(-rtt); now.After(q.latest) {
				continue
			}
		}
		switch s.state {
		case stateNothing:
			if known := r.after(n); !q.limited || int(known-n) <= r.limits.Open { // older ones are not kept by the sender
				q.blind(s, r.slot(known).first)
			}
		case stateOpen:
			q.frame(s.open, n+1 != r.next)
		}
	}
	return q.next, !q.next.IsZero()
}

// after is the first frame from that one on of which anything came.
func (r *Reassembler) after(number uint32) uint32 {
	for r.slot(number).state == stateNothing {
		number++ // the newest known one has
	}
	return number
}

// query is one call of Missing.
type query struct {
	r      *Reassembler
	now    time.Time
	rtt    time.Duration
	again  time.Duration // from an ask to the next one for the same shards
	quiet  time.Duration // a frame that is silent for so long is not being sent any more
	emit   func(Ask)
	next   time.Time
	number uint32
	// limited says that the frame has a deadline, and latest when an answer can just be in time.
	limited bool
	latest  time.Time
}

// later notes that there will be something to ask for at that time.
func (q *query) later(at time.Time) {
	if q.limited && at.After(q.latest) {
		return
	}
	if q.next.IsZero() || at.Before(q.next) {
		q.next = at
	}
}

// blind asks for a frame of which nothing came, while a later one did.
func (q *query) blind(s *slot, follows time.Time) {
	if q.limited && s.asks >= liveAsks {
		return
	}
	due := follows.Add(q.quiet)
	if s.asks > 0 {
		due = s.asked.Add(q.again)
	}
	if q.now.Before(due) {
		q.later(due)
		return
	}
	s.asks, s.asked = s.asks+1, q.now
	q.emit(Ask{Frame: q.number, Want: Shards{blindAsk}})
	q.later(q.now.Add(q.again))
}

// frame asks for what is missing of an open frame. passed says that a later frame has begun.
func (q *query) frame(a *assembly, passed bool) {
	settled := a.position - max(reorder, q.r.overtaken, a.overtaken) // packets up to that number came, or are lost
	if quiet := a.last.Add(q.quiet); passed || !q.now.Before(quiet) {
		settled = a.layout.Packets() - 1
	} else {
		q.later(quiet)
	}
	untouched := int64(0)
	for i := range a.blocks {
		first, data := a.layout.Block(i)
		first += i * a.layout.Parity
		if first > settled {
			return
		}
		if a.blocks[i] == nil {
			if untouched > a.received/int64(a.layout.Shard*touchedBy) {
				continue // the frame may be a claim only
			}
			a.blocks[i] = q.r.newBlock()
		}
		b := a.blocks[i]
		if b.count == 0 {
			untouched++
		}
		if b.count < data {
			q.block(b, uint16(i), data, data+a.layout.Parity, settled-first)
		}
	}
}

// block asks for what is missing of a block of that many shards, of which those up to settled came or are
// lost and the others may still come.
func (q *query) block(b *block, number uint16, data, shards, settled int) {
	waiting := q.now.Before(b.sent.Add(q.again))
	short := data - b.count
	for i := range shards {
		if !has(&b.seen, i) && (i > settled || waiting && has(&b.flight, i)) {
			short--
		}
	}
	if waiting {
		q.later(b.sent.Add(q.again))
	} else {
		b.flight = Shards{}
	}
	if short <= 0 {
		return
	}
	ask := Ask{Frame: q.number, Block: number}
	if b.asked != (Shards{}) {
		short *= 2 // some answers were lost as well
	}
	for i := 0; i <= min(settled, shards-1) && short > 0; i++ {
		if has(&b.seen, i) || has(&b.flight, i) || q.limited && has(&b.again, i) {
			continue
		}
		if has(&b.asked, i) {
			set(&b.again, i)
		}
		set(&b.asked, i)
		set(&ask.Want, i)
		set(&b.flight, i)
		short--
	}
	if ask.Want != (Shards{}) {
		b.sent = q.now
		q.emit(ask)
		q.later(q.now.Add(q.again))
	}
}
