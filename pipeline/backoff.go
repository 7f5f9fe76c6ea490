package pipeline

import (
	"context"
	"math/rand/v2"
	"time"
)

// The pauses of a zero Backoff. The largest keeps a stream going on within two seconds of the other end's
// return.
const (
	DefaultBackoffMin = 100 * time.Millisecond
	DefaultBackoffMax = time.Second
)

// Backoff gives the pauses between attempts at something that keeps failing: each twice the one before,
// up to Max. Up to a quarter is taken off at random, so that many peers of one machine that restarts do
// not come back all in the same instant. The zero Backoff is ready; it is not safe for concurrent use.
type Backoff struct {
	Min, Max time.Duration // of a pause; 0 means the default

	last time.Duration // without what chance took off; 0 before the first
}

// Next gives how long to wait before the next attempt.
func (b *Backoff) Next() time.Duration {
	least, most := b.Min, b.Max
	if least <= 0 {
		least = DefaultBackoffMin
	}
	if most <= 0 {
		most = DefaultBackoffMax
	}
	if b.last > most/2 {
		b.last = most
	} else {
		b.last = min(max(2*b.last, least), most)
	}
	return b.last - rand.N(b.last/4+1)
}

// Wait waits until the next attempt is due. It gives ctx's error when that is done before.
func (b *Backoff) Wait(ctx context.Context) error {
	timer := time.NewTimer(b.Next())
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Reset starts again with the smallest pause, after an attempt that went well.
func (b *Backoff) Reset() { b.last = 0 }
