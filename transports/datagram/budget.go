package datagram

import "sync/atomic"

// Budget is memory in bytes that many reassemblers share. It is safe for concurrent use.
type Budget struct {
	left atomic.Int64
}

// NewBudget gives a budget of that many bytes.
func NewBudget(bytes int64) *Budget {
	b := new(Budget)
	b.left.Store(bytes)
	return b
}

// Left is how many bytes are not taken.
func (b *Budget) Left() int64 { return b.left.Load() }

func (b *Budget) take(n int64) bool {
	if b.left.Add(-n) >= 0 {
		return true
	}
	b.left.Add(n)
	return false
}

func (b *Budget) give(n int64) { b.left.Add(n) }
