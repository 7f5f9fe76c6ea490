package udp

import (
	"sync"

	"framewire/pipeline"
	"framewire/transports/datagram"
)

const (
	liveQueue     = 2 // frames of a live stream that may wait for a receiver
	losslessQueue = 2 // frames of a lossless stream, beside those under way
	// smallQueue and smallBytes let more of them wait while they are small: changing goroutines for each would
	// cost more than sending it.
	smallQueue = 16
	smallBytes = 1 << 20
)

// item is a frame on its way to receivers, with the messages that were made of it.
type item struct {
	frame *pipeline.Frame

	mu       sync.Mutex
	messages []*datagram.Message
	refs     int // queues that hold it
}

// shape is what receivers have to have in common to share a message.
type shape struct{ shard, parity int }

// message gives the frame cut to that shape, with a reference. Most often all receivers have the same one.
func (it *item) message(s *datagram.Splitter, want shape) (*datagram.Message, error) {
	it.mu.Lock()
	defer it.mu.Unlock()
	for _, m := range it.messages {
		if l := m.Layout(); (l.Shard == want.shard || l.Shard == l.Length && l.Length < want.shard) && l.Parity == want.parity {
			return m.Retain(), nil
		}
	}
	m, err := s.Split(it.frame, 0, want.shard, want.parity)
	if err != nil {
		return nil, err
	}
	it.messages = append(it.messages, m)
	return m.Retain(), nil
}

// items makes items and uses them again.
type items struct{ pool sync.Pool }

// of gives an item with one reference, which holds one of the frame.
func (p *items) of(f *pipeline.Frame) *item {
	it, ok := p.pool.Get().(*item)
	if !ok {
		it = new(item)
	}
	it.frame, it.refs = f.Retain(), 1
	return it
}

func (p *items) retain(it *item) *item {
	it.mu.Lock()
	it.refs++
	it.mu.Unlock()
	return it
}

func (p *items) release(it *item) {
	it.mu.Lock()
	it.refs--
	last := it.refs == 0
	it.mu.Unlock()
	if !last {
		return
	}
	for i, m := range it.messages {
		m.Release()
		it.messages[i] = nil
	}
	it.messages = it.messages[:0]
	it.frame.Release()
	it.frame = nil
	p.pool.Put(it)
}

// queue holds what a receiver still has to get, oldest first. The first ones may be under way: lossless
// frames stay until the receiver has confirmed them, live ones leave when their turn comes. The sender's lock
// guards it.
type queue struct {
	items    []*item
	underWay int
	pool     *items
}

// full reports whether a frame of that kind has to wait, or to replace another.
func (q *queue) full(lossless bool) bool {
	if !lossless {
		return q.waiting() >= liveQueue
	}
	return q.filled(1)
}

// drained reports whether it is worth waking a writer of lossless frames that waits for room.
func (q *queue) drained() bool { return !q.filled(2) }

// filled reports whether that part of the room for lossless frames is taken.
func (q *queue) filled(part int) bool {
	if q.waiting() < losslessQueue {
		return false
	}
	bytes := 0
	for _, it := range q.items[q.underWay:] {
		bytes += len(it.frame.Data)
	}
	return q.waiting() >= smallQueue/part || bytes >= smallBytes/part
}

// waiting is how many items are not under way.
func (q *queue) waiting() int { return len(q.items) - q.underWay }

// push adds an item and takes a reference to it.
func (q *queue) push(it *item) { q.items = append(q.items, q.pool.retain(it)) }

// first gives the first item that is not under way, or nil.
func (q *queue) first() *item {
	if q.underWay == len(q.items) {
		return nil
	}
	return q.items[q.underWay]
}

// begin puts the first waiting item under way. A live one leaves the queue, and the caller has its reference.
func (q *queue) begin() *item {
	it := q.items[q.underWay]
	if it.frame.Lossless {
		q.underWay++
		return q.pool.retain(it)
	}
	return q.take(q.underWay)
}

// confirmed takes the oldest items out, which arrived.
func (q *queue) confirmed(n int) {
	for range min(n, q.underWay) {
		q.underWay--
		q.pool.release(q.take(0))
	}
}

// lossless counts the items that must arrive.
func (q *queue) lossless() (n int) {
	for _, it := range q.items {
		if it.frame.Lossless {
			n++
		}
	}
	return n
}

// takeOldest takes the item out that has waited longest, together with its reference.
func (q *queue) takeOldest() *item { return q.take(q.underWay) }

// clear gives everything back.
func (q *queue) clear() {
	for len(q.items) > 0 {
		q.pool.release(q.take(0))
	}
	q.underWay = 0
}

func (q *queue) take(i int) *item {
	it, last := q.items[i], len(q.items)-1
	copy(q.items[i:], q.items[i+1:])
	q.items[last] = nil
	q.items = q.items[:last]
	return it
}
