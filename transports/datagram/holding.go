package datagram

import (
	"slices"
	"time"

	"framewire/pipeline"
)

// mostGone bounds how many frames of which nothing came one jump of the numbers counts as lost: more than a
// network can lose before the session is given up.
const mostGone = 1 << 12

const spareBlocks = 1024 // that are kept; enough for 200 MB of frames in datagrams of 1400 bytes

// begin opens a frame for its first fragment. Where there are too many, or too little memory is left, the
// oldest live ones make room for a newer one. Of lossless ones there are at most as many as the window has, and
// none may be turned away: the oldest may be the one that came last, and all others wait for it.
func (r *Reassembler) begin(f Fragment, now time.Time) (*assembly, error) {
	if len(r.ready) >= mostReady {
		return nil, errReady
	}
	for !f.Lossless && len(r.open) >= r.limits.Open {
		if !r.displace(f.Number) {
			return nil, errOpen
		}
	}
	var a *assembly
	if last := len(r.spare) - 1; last >= 0 {
		a, r.spare = r.spare[last], r.spare[:last]
	} else {
		a = new(assembly)
	}
	a.number, a.layout, a.lossless = f.Number, f.Layout, f.Lossless
	a.first, a.last = now, now
	a.blocks = slices.Grow(a.blocks[:0], a.layout.Blocks)[:a.layout.Blocks]
	room := min(a.total(), max(firstRoom, r.largest))
	if int64(room) > r.budget.Left()/2 || !r.reserve(int64(room)) {
		room = min(a.total(), firstRoom)
		for !r.reserve(int64(room)) {
			if !r.displace(f.Number) {
				r.recycle(a)
				return nil, errMemory
			}
		}
	}
	a.frame = r.pool.Get(room)
	at, _ := slices.BinarySearchFunc(r.open, a, func(x, y *assembly) int { return int(int32(x.number - y.number)) })
	r.open = slices.Insert(r.open, at, a)
	return a, nil
}

// grow gives an open frame memory of at least those sizes, in bytes.
func (r *Reassembler) grow(a *assembly, room, extra int) error {
	more := int64(max(room-len(a.frame.Data), 0))
	if a.extra != nil {
		extra -= len(a.extra.Data)
	}
	if more += int64(max(extra, 0)); more == 0 {
		return nil
	}
	for !r.reserve(more) {
		if !r.displace(a.number) {
			return errMemory
		}
	}
	if room > len(a.frame.Data) {
		a.frame.Resize(room)
	}
	if extra > 0 {
		if a.extra == nil {
			a.extra = r.pool.Get(extra)
		} else {
			a.extra.Resize(len(a.extra.Data) + extra)
		}
	}
	return nil
}

// displace gives up the oldest open frame if it is live and older than that one.
func (r *Reassembler) displace(number uint32) bool {
	if len(r.open) == 0 {
		return false
	}
	oldest := r.open[0]
	if oldest.lossless || int32(oldest.number-number) >= 0 {
		return false
	}
	r.giveUp(oldest.number)
	return true
}

// giveUp takes nothing more of a frame that is not complete.
func (r *Reassembler) giveUp(number uint32) {
	s := r.slot(number)
	if s.state == stateOpen {
		r.drop(s.open)
	}
	*s = slot{state: stateGivenUp, first: s.first}
	r.stats.Late++
}

// advance brings what is done at the front of the window to what can be fetched.
func (r *Reassembler) advance() {
	for r.base != r.next {
		s := r.slot(r.base)
		switch s.state {
		case stateNothing, stateOpen:
			return
		case stateDone:
			r.ready = append(r.ready, s.result)
		}
		*s = slot{}
		r.base++
	}
}

// jump makes that frame the oldest: all before it that are not complete are given up, unless the stream
// is lossless.
func (r *Reassembler) jump(base uint32) error {
	if r.lossless && r.base != r.next {
		return errAhead
	}
	for r.base != r.next && int32(base-r.base) > 0 {
		if s := r.slot(r.base); s.state == stateNothing || s.state == stateOpen {
			r.giveUp(r.base)
		}
		r.advance()
	}
	if gone := int32(base - r.base); gone > 0 {
		r.stats.Late += uint64(min(gone, mostGone))
		r.base, r.next = base, base
	}
	return nil
}

// reserve takes memory in bytes, if there is that much.
func (r *Reassembler) reserve(n int64) bool {
	if r.held+n > r.limits.Memory || !r.budget.take(n) {
		return false
	}
	r.held += n
	return true
}

func (r *Reassembler) give(n int64) {
	r.held -= n
	r.budget.give(n)
}

// drop ends an open frame and gives back what it still has.
func (r *Reassembler) drop(a *assembly) {
	r.open = slices.DeleteFunc(r.open, func(other *assembly) bool { return other == a })
	r.give(a.held())
	for _, f := range [...]*pipeline.Frame{a.frame, a.extra} {
		if f != nil {
			f.Release()
		}
	}
	r.recycle(a)
}

// recycle keeps what is empty for the next frames.
func (r *Reassembler) recycle(a *assembly) {
	for _, b := range a.blocks {
		if b != nil && len(r.blocks) < spareBlocks {
			*b = block{}
			r.blocks = append(r.blocks, b)
		}
	}
	clear(a.blocks)
	*a = assembly{blocks: a.blocks[:0], strays: a.strays[:0]}
	if len(r.spare) < r.limits.Open {
		r.spare = append(r.spare, a)
	}
}

func (r *Reassembler) newBlock() *block {
	last := len(r.blocks) - 1
	if last < 0 {
		return new(block)
	}
	b := r.blocks[last]
	r.blocks = r.blocks[:last]
	return b
}
