package buffer

// fifo is a queue in a ring that grows as needed. Its zero value is empty.
type fifo struct {
	ring []Item
	head int // of the oldest
	n    int
}

func (q *fifo) len() int { return q.n }

func (q *fifo) first() *Item { return &q.ring[q.head] }

func (q *fifo) push(it Item) {
	if q.n == len(q.ring) {
		bigger := make([]Item, max(16, 2*q.n))
		n := copy(bigger, q.ring[q.head:])
		copy(bigger[n:], q.ring[:q.head])
		q.ring, q.head = bigger, 0
	}
	q.ring[(q.head+q.n)%len(q.ring)] = it
	q.n++
}

func (q *fifo) pop() Item {
	it := q.ring[q.head]
	q.ring[q.head] = Item{} // nothing points at the frame any more
	q.head = (q.head + 1) % len(q.ring)
	q.n--
	return it
}
