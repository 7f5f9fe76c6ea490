package datagram

import (
	"errors"
	"fmt"
	"time"

	"framewire/pipeline"
)

// mostReady is how many frames wait to be fetched before no further one is begun: each takes memory beside its
// data, and small ones would be without number. A sender that keeps to its window never gets there.
const mostReady = 256

// window is how many frames from the oldest unfinished one on are kept apart.
const window = 64

// Limits bound what a peer can make a reassembler hold.
type Limits struct {
	MaxFrame int           // bytes of a frame's data
	Open     int           // live frames that are not complete
	Memory   int64         // bytes of all frames, complete ones that were not fetched included
	Latency  time.Duration // from a live frame's first fragment until it is given up
}

// Stats counts since the start.
type Stats struct {
	Complete   uint64 // frames that came whole
	Late       uint64 // frames given up: too late, displaced by newer ones, or nothing came of them
	Repaired   uint64 // complete frames of which parity made a part
	Duplicates uint64 // shards of an unfinished frame that had come before
	Refused    uint64 // fragments that fit no limit or contradict earlier ones, and messages that were damaged
}

// Reassembler puts the frames of one session together and gives them in order. It is not safe for
// concurrent use.
type Reassembler struct {
	pool   *pipeline.Pool
	limits Limits
	budget *Budget

	slots    [window]slot // by number
	base     uint32       // the oldest frame that is not done with
	next     uint32       // one more than the newest that is known
	started  bool
	lossless bool     // what the last fragment said
	ready    []result // done, to be fetched, in order
	held     int64    // bytes
	largest  int      // bytes of the largest buffer that a frame filled
	gap      time.Duration
	// overtaken is by how many packets one was overtaken at most, in the last frames.
	overtaken int
	name      string // of the last frame that had one
	stats     Stats

	open   []*assembly // oldest first
	spare  []*assembly
	blocks []*block // spare
	repairer
	mend mend
}

type state uint8

const (
	stateNothing state = iota // nothing came
	stateOpen
	stateDone    // complete or damaged: result waits for the frames before it
	stateGivenUp // nothing more is taken
)

type slot struct {
	state  state
	first  time.Time // when the first fragment came
	open   *assembly
	result result
	asks   int       // stateNothing: how often it was asked for
	asked  time.Time // and when
}

// result is what Next gives.
type result struct {
	frame *pipeline.Frame
	err   error
	held  int64
}

// NewReassembler gives a reassembler. The frames come from the pool; the budget is shared with other
// peers.
func NewReassembler(pool *pipeline.Pool, limits Limits, budget *Budget) *Reassembler {
	return &Reassembler{pool: pool, limits: limits, budget: budget}
}

// Expect tells the number of the session's first frame, before any fragment came. Otherwise it is the
// number that comes first, and a frame before that is taken for an old one.
func (r *Reassembler) Expect(first uint32) {
	if !r.started {
		r.base, r.next, r.started = first, first, true
	}
}

var (
	errOpen   = errors.New("too many frames are unfinished")
	errMemory = errors.New("no memory is left for frames of this peer")
	errReady  = errors.New("too many frames wait to be fetched")
	errAhead  = errors.New("frame number is too far ahead of an unfinished lossless frame")
	errChange = errors.New("fragment contradicts earlier ones of its frame")
)

func (r *Reassembler) slot(number uint32) *slot { return &r.slots[number%window] }

// Add takes a fragment that ParseFragment gave, and when it came. An error says why it was refused; the
// session goes on. Fragments of frames that are done with, and those that came before, are no error.
func (r *Reassembler) Add(f Fragment, now time.Time) error {
	err := r.add(f, now)
	if err != nil {
		r.stats.Refused++
	}
	r.advance()
	return err
}

func (r *Reassembler) add(f Fragment, now time.Time) error {
	if f.Layout.Length > r.limits.MaxFrame+maxTail {
		return fmt.Errorf("frame's message claims %d bytes, the limit for data is %d (max_frame)", f.Layout.Length, r.limits.MaxFrame)
	}
	r.Expect(f.Number)
	ahead := int32(f.Number - r.base)
	if ahead < 0 {
		return nil
	}
	if ahead >= window {
		if err := r.jump(f.Number - window + 1); err != nil {
			return err
		}
	}
	s := r.slot(f.Number)
	if s.state == stateNothing {
		a, err := r.begin(f, now)
		if err != nil {
			return err
		}
		*s = slot{state: stateOpen, first: now, open: a}
		if int32(f.Number-r.next) >= 0 {
			r.next = f.Number + 1
		}
	}
	if s.state != stateOpen {
		return nil
	}
	r.lossless = f.Lossless
	return r.take(s, f, now)
}

// take puts a fragment into an open frame.
func (r *Reassembler) take(s *slot, f Fragment, now time.Time) error {
	a := s.open
	if a.layout != f.Layout || a.lossless != f.Lossless {
		return errChange
	}
	b := a.blocks[f.Block]
	if b == nil {
		b = r.newBlock()
		a.blocks[f.Block] = b
	}
	if has(&b.seen, f.Index) {
		r.stats.Duplicates++
		return nil
	}
	_, data := a.layout.Block(f.Block)
	if b.count < data { // what comes after that is not needed
		p := place{f.Block, f.Index}
		room, extra, inside := a.want(p, r.largest)
		if b.count+1 == data && a.ready+1 == a.layout.Blocks {
			room = a.total()
		}
		if err := r.grow(a, room, extra); err != nil {
			return err
		}
		a.put(p, f.Payload, inside)
		a.received += int64(a.layout.Shard)
		set(&b.seen, f.Index)
		if b.count++; b.count == data {
			a.ready++
		}
	}
	a.note(f, now)
	if a.ready == a.layout.Blocks {
		r.finish(s)
	}
	return nil
}

// Next gives the oldest frame that is complete, or nil. A frame waits for older ones that may still come in
// time. An error is about one frame that came and cannot be used, a *wire.CodecError where its codec is
// unknown; the next call goes on behind it.
func (r *Reassembler) Next(now time.Time) (*pipeline.Frame, error) {
	for len(r.ready) == 0 {
		deadline, ok := r.deadline()
		if !ok || now.Before(deadline) {
			return nil, nil
		}
		r.giveUp(r.base)
		r.advance()
	}
	first := r.ready[0]
	r.ready = append(r.ready[:0], r.ready[1:]...)
	r.give(first.held)
	return first.frame, first.err
}

// Ready is how many frames Next has at hand.
func (r *Reassembler) Ready() int { return len(r.ready) }

// Wake is when Next has to be asked again though nothing comes. Without a frame to wait for ok is false.
func (r *Reassembler) Wake() (at time.Time, ok bool) {
	if len(r.ready) > 0 {
		return time.Time{}, true
	}
	return r.deadline()
}

// deadline is when the oldest frame that is not done with is given up.
func (r *Reassembler) deadline() (time.Time, bool) {
	if r.base == r.next {
		return time.Time{}, false
	}
	return r.deadlineOf(r.base)
}

// deadlineOf is when a known frame is given up, if ever. One of which nothing came has the deadline of the
// next that something came of.
func (r *Reassembler) deadlineOf(number uint32) (time.Time, bool) {
	known := r.after(number)
	s := r.slot(known)
	if known != number && r.lossless || s.open != nil && s.open.lossless {
		return time.Time{}, false
	}
	return s.first.Add(r.limits.Latency), true
}

// Acks says what is done with: all frames before base, and of those from base on the ones whose bit is
// set, bit 0 for base. Before the first fragment ok is false.
func (r *Reassembler) Acks() (base uint32, bits uint64, ok bool) {
	for i := range min(r.next-r.base, window) {
		if r.slot(r.base+i).state == stateDone {
			bits |= 1 << i
		}
	}
	return r.base, bits, r.started
}

// Stats gives the counters.
func (r *Reassembler) Stats() Stats { return r.stats }

// Close releases every frame that is held. Nothing may be called after it but Stats.
func (r *Reassembler) Close() {
	for ; r.base != r.next; r.base++ {
		s := r.slot(r.base)
		if s.state == stateOpen {
			r.drop(s.open)
		}
		r.ready = append(r.ready, s.result)
		*s = slot{}
	}
	for _, done := range r.ready {
		if done.frame != nil {
			done.frame.Release()
		}
		r.give(done.held)
	}
	r.ready, r.spare, r.blocks = nil, nil, nil
}
