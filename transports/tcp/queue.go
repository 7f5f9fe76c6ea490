package tcp

import "framewire/pipeline"

const (
	liveQueue     = 2 // frames of a live stream that may wait for a receiver
	losslessQueue = 4 // frames of a lossless stream
)

// item is a frame on its way to a receiver. The queue that holds it has a reference.
type item struct {
	frame *pipeline.Frame
	sum   checksum // of its data
}

// checksum is the CRC-32C of a payload, where that was made already.
type checksum struct {
	value uint32
	known bool
}

// queue holds what a receiver still has to get, oldest first. The first stays in it while it is written,
// so that it is not lost when that fails. The sender's lock guards it.
type queue struct {
	items   []item
	writing bool // the first item is being written
}

// full reports whether a frame of that kind has to wait, or to replace another.
func (q *queue) full(lossless bool) bool {
	waiting := len(q.items)
	if q.writing {
		waiting--
	}
	if lossless {
		return waiting >= losslessQueue
	}
	return waiting >= liveQueue
}

// push adds an item and takes a reference to its frame.
func (q *queue) push(it item) {
	it.frame.Retain()
	q.items = append(q.items, it)
}

// learn takes note of the checksum of a frame's data, if it is here.
func (q *queue) learn(f *pipeline.Frame, sum checksum) {
	for i := range q.items {
		if q.items[i].frame == f {
			q.items[i].sum = sum
		}
	}
}

// lossless counts the items that must arrive.
func (q *queue) lossless() int {
	n := 0
	for _, it := range q.items {
		if it.frame.Lossless {
			n++
		}
	}
	return n
}

// begin gives the first item to be written. It stays in the queue until written or failed is called.
func (q *queue) begin() item {
	q.writing = true
	return q.items[0]
}

// written takes the first item out and gives it back.
func (q *queue) written() {
	q.writing = false
	q.take(0).frame.Release()
}

// failed leaves the item that was being written first in the queue.
func (q *queue) failed() { q.writing = false }

// takeOldest takes the item out that has waited longest, together with its reference.
func (q *queue) takeOldest() item {
	if q.writing {
		return q.take(1)
	}
	return q.take(0)
}

// clear gives everything back but what is being written.
func (q *queue) clear() {
	for len(q.items) > 1 || len(q.items) == 1 && !q.writing {
		q.takeOldest().frame.Release()
	}
}

func (q *queue) take(i int) item {
	it, last := q.items[i], len(q.items)-1
	copy(q.items[i:], q.items[i+1:])
	q.items[last] = item{}
	q.items = q.items[:last]
	return it
}
