package pipeline

import (
	"math/bits"
	"slices"
	"sync"
	"sync/atomic"
)

// idleLimit is how many bytes of unused buffers a pool keeps for the next frames. A 2160p raw frame has
// 24 MiB, so a handful of them fit.
const idleLimit = 192 << 20

// lookAfter is how many buffers come back between two looks at what the pool holds.
const lookAfter = 512

// Pool hands out frames with buffers that are used again, so that a chain in its steady state allocates
// nothing. Buffers are kept by size class (four to each power of two); the last one returned is the
// first one reused, while it is still in the cache. What nobody needed for a while, as after a moment in which
// frames piled up, is left to the garbage collector. A Pool is safe for concurrent use.
type Pool struct {
	outstanding atomic.Int64
	poison      atomic.Bool

	mu     sync.Mutex
	idle   int // bytes in free
	free   map[int]*class
	given  int      // buffers that came back
	frames []*Frame // empty frame headers
}

// class holds the unused buffers of one size.
type class struct {
	bufs  [][]byte
	spare int // how many of them were never needed since the last look
}

// NewPool gives an empty pool.
func NewPool() *Pool { return &Pool{free: make(map[int]*class)} }

// Get gives a frame with one reference and n bytes of data, which hold anything.
func (p *Pool) Get(n int) *Frame {
	f := p.header()
	f.buf = p.take(n)
	f.Data = f.buf[:n]
	return f
}

// header gives a frame with one reference and no data.
func (p *Pool) header() *Frame {
	p.outstanding.Add(1)
	p.mu.Lock()
	var f *Frame
	if last := len(p.frames) - 1; last >= 0 {
		f, p.frames = p.frames[last], p.frames[:last]
	}
	p.mu.Unlock()
	if f == nil {
		f = &Frame{pool: p}
	}
	f.refs.Store(1)
	return f
}

// Outstanding is the number of frames that were taken and not yet given back. A chain that has ended
// leaves zero.
func (p *Pool) Outstanding() int64 { return p.outstanding.Load() }

// Poison makes the pool overwrite the memory of each frame that comes back, so that a test sees who
// looks at a frame after its last Release. Frame headers are not used again then, so that a second Release
// panics whenever it comes.
func (p *Pool) Poison() { p.poison.Store(true) }

// put takes a frame back after its last Release.
func (p *Pool) put(f *Frame) {
	if f.parent != nil {
		f.parent.Release()
	} else {
		p.give(f.buf)
	}
	if f.whole != nil {
		f.whole.Release()
		f.whole = nil
	}
	f.Stream, f.Seq, f.Captured, f.PTS = StreamID{}, 0, zeroTime, 0
	f.Format, f.Key, f.Lossless, f.Confirm, f.Meta = Format{}, false, false, false, Meta{}
	f.Data, f.buf, f.parent, f.Settled = nil, nil, nil, nil
	f.goOn(nil)
	p.mu.Lock()
	if len(p.frames) < 1024 && !p.poison.Load() {
		p.frames = append(p.frames, f)
	}
	p.mu.Unlock()
	p.outstanding.Add(-1)
}

// take gives a buffer with a capacity of at least n bytes.
func (p *Pool) take(n int) []byte {
	size := sizeClass(n)
	p.mu.Lock()
	if c := p.free[size]; c != nil && len(c.bufs) > 0 {
		last := len(c.bufs) - 1
		buf := c.bufs[last]
		c.bufs[last] = nil
		c.bufs = c.bufs[:last]
		c.spare = min(c.spare, last)
		p.idle -= size
		p.mu.Unlock()
		return buf
	}
	p.mu.Unlock()
	return make([]byte, size)
}

// give keeps a buffer for later. When that would be too many, those of other sizes go first: they may be
// left from a stream that has changed its format.
func (p *Pool) give(buf []byte) {
	size := cap(buf)
	if p.poison.Load() {
		buf = buf[:size]
		for i := range buf {
			buf[i] = 0xDB
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.given++; p.given%lookAfter == 0 {
		p.dropSpare()
	}
	if p.idle+size > idleLimit {
		p.makeRoom(size)
	}
	if p.idle+size <= idleLimit {
		c := p.free[size]
		if c == nil {
			c = &class{}
			p.free[size] = c
		}
		c.bufs = append(c.bufs, buf[:size])
		p.idle += size
	}
}

// makeRoom forgets buffers of other sizes until one of that size can be kept. The lock is held.
func (p *Pool) makeRoom(size int) {
	for other, c := range p.free {
		if p.idle+size <= idleLimit {
			return
		}
		if other != size {
			p.idle -= other * len(c.bufs)
			delete(p.free, other)
		}
	}
}

// dropSpare forgets the buffers that were not needed since the last look. The lock is held.
func (p *Pool) dropSpare() {
	for size, c := range p.free {
		p.idle -= c.spare * size
		c.bufs = slices.Delete(c.bufs, 0, c.spare)
		if c.spare = len(c.bufs); c.spare == 0 {
			delete(p.free, size)
		}
	}
}

// sizeClass rounds n up to a power of two or one of the three steps between it and the next: at most a
// quarter is wasted.
func sizeClass(n int) int {
	const least = 512
	if n <= least {
		return least
	}
	step := 1 << (bits.Len(uint(n-1)) - 3)
	return (n + step - 1) &^ (step - 1)
}
