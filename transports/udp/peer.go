package udp

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"framewire/transports/datagram"
	"framewire/transports/wire"
)

var _ member = (*peer)(nil)

// peer is one receiver, as the sender sees it, or a group of them of which nothing is known. Its goroutine
// sends frames and what is asked for again; the hub's reading goroutine takes what the receiver says.
type peer struct {
	s     *sender
	link  *link
	group bool
	limit uint32        // bytes of the largest frame it takes; 0 where it did not say
	more  chan struct{} // there is something to do; holds one token

	// Guarded by the sender's lock.
	queue queue
	told  bool // it has read the end
	drops drops
	step  int // of the ladder, which it needs
	// replaced says that a newer session with the same receiver has everything that was left.
	replaced bool

	mu      sync.Mutex // guards what the reading goroutine writes; taken alone or after no other lock
	flight  flight
	haste   haste
	loss    lossMeter
	adapt   adapter
	store   store
	asked   []ref // packets to send again, oldest first
	bye     error // why it left
	over    bool  // it has confirmed the end
	heard   [32]heardAsk
	hearing int  // where the next one goes
	gated   bool // frames wait because the network is behind

	// Of the goroutine that sends.
	now      outgoing
	number   uint32    // of the next frame
	began    time.Time // when the last frame's first packet left
	interval time.Duration
	ended    time.Time // when the end was said last
	ends     int       // how often
	beacon   time.Time // when a group was last shown that somebody is there

	asks []datagram.Ask // of the reading goroutine
}

func newPeer(s *sender, l *link) *peer {
	p := &peer{
		s: s, link: l, group: s.cfg.Group != "", limit: l.peer.MaxFrame(), more: make(chan struct{}, 1),
		queue: queue{pool: &s.items}, number: s.first,
	}
	p.loss.begin(time.Now())
	p.flight.begin()
	p.haste.begin(local(l.address()))
	p.store.credit = firstCredit
	return p
}

// wake tells the sending goroutine that there is work.
func (p *peer) wake() {
	select {
	case p.more <- struct{}{}:
	default:
	}
}

// serve sends until the session or the stream is over.
func (p *peer) serve(ctx context.Context) { p.s.leave(p, p.run(ctx)) }

// close gives everything back, when nothing is taken or sent any more.
func (p *peer) close() {
	p.link.over.Store(true)
	p.now.finish()
	p.mu.Lock()
	p.store.clear()
	p.mu.Unlock()
}

// run does what is due, and waits for the next thing.
func (p *peer) run(ctx context.Context) error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		now := time.Now()
		next, over, err := p.work(ctx, now)
		if over || err != nil {
			return err
		}
		timer.Reset(max(next.Sub(now), 0))
		select {
		case <-p.more:
		case <-timer.C:
		case <-ctx.Done():
		}
	}
}

// work does everything that is due now, and says when there is something to do again.
func (p *peer) work(ctx context.Context, now time.Time) (next time.Time, over bool, err error) {
	next = now.Add(p.s.set.look)
	if err := p.alive(now); err != nil {
		p.link.bye(err.Error()) // it may hear us though we do not hear it
		return next, false, err
	}
	p.s.mu.Lock()
	state := p.s.state
	p.s.mu.Unlock()
	if state == closing || ctx.Err() != nil {
		p.link.bye("the sender stopped")
		return next, true, nil
	}
	next = earlier(next, p.sendAgain(now))
	next = earlier(next, p.sendFrames(now))
	if p.group {
		next = earlier(next, p.sendBeacon(now))
	}
	if state != ending {
		return next, false, nil
	}
	at, over := p.sendEnd(now)
	return earlier(next, at), over, nil
}

// alive is an error when the session cannot go on.
func (p *peer) alive(now time.Time) error {
	p.mu.Lock()
	bye := p.bye
	p.mu.Unlock()
	switch {
	case bye != nil:
		return bye
	case !p.link.fits.Load():
		return errors.New("its session has to begin anew")
	case !p.group && p.link.silence(now) >= p.s.set.dead:
		return fmt.Errorf("no sign of life for %s", p.s.set.dead)
	}
	return nil
}

// sendEnd says the end until it is confirmed, once everything before it was sent and, where it must arrive,
// has arrived.
func (p *peer) sendEnd(now time.Time) (next time.Time, over bool) {
	p.mu.Lock()
	confirmed := p.over
	p.mu.Unlock()
	p.s.mu.Lock()
	left := len(p.queue.items)
	if left == 0 && p.now.m == nil && (confirmed || p.group && p.ends >= groupEnds) {
		p.told, over = true, true
	}
	p.s.mu.Unlock()
	next = now.Add(p.s.set.look)
	switch {
	case over:
		if !p.group {
			p.link.bye("all sent")
		}
	case left > 0 || p.now.m != nil:
	case now.Sub(p.ended) >= p.s.set.again:
		p.ended = now
		p.ends++
		p.link.send(datagram.End{Frame: p.number - 1})
		fallthrough
	default:
		next = p.ended.Add(p.s.set.again)
	}
	return next, over
}

// take gets what the receiver says.
func (p *peer) take(b []byte, at time.Time) {
	t, _ := datagram.TypeOf(b)
	switch t {
	case datagram.TypeReport:
		if r, err := datagram.ParseReport(b); err == nil {
			p.reported(r, at)
		}
	case datagram.TypeNack:
		asks, err := datagram.ParseNack(b, p.asks[:0])
		p.asks = asks
		if err == nil {
			p.ask(asks, at)
		}
	case datagram.TypeEndAck:
		p.mu.Lock()
		p.over = true
		p.mu.Unlock()
		p.wake()
	case datagram.TypeBye:
		if bye, err := datagram.ParseBye(b); err == nil {
			p.mu.Lock()
			p.bye = errors.New(wire.Printable(bye.Text))
			p.mu.Unlock()
			p.wake()
		}
	}
}

// settle has nothing to do: what a receiver says comes singly.
func (p *peer) settle(time.Time) {}

// reported draws the conclusions of a report.
func (p *peer) reported(r datagram.Report, at time.Time) {
	s := p.s
	p.mu.Lock()
	sample := p.flight.report(r, at)
	p.loss.report(r, at, p.flight.queue() > leastQueue/2)
	p.haste.report(r, p.flight.roundTrip(), p.flight.queue(), at)
	confirmed := p.store.confirm(r)
	p.adapt.latency = s.cfg.Latency
	step := p.adapt.report(at, p.flight.queue(), p.loss.mean, r, p.gated)
	p.mu.Unlock()
	s.mu.Lock()
	if s.lossless { // it takes its time instead
		step = 0
	}
	p.queue.confirmed(confirmed)
	moved := step != p.step
	p.step = step
	s.mu.Unlock()
	if confirmed > 0 {
		s.env.Counters.FramesOut.Add(uint64(confirmed))
	}
	if moved {
		s.advise()
	}
	if sample || confirmed > 0 {
		p.wake()
	}
}

// shard is how many bytes of a frame fit a datagram.
func (p *peer) shard() int { return p.link.payload() - datagram.FragmentSize }

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
