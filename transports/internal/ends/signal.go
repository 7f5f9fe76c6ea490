package ends

import (
	"context"
	"sync"

	"github.com/hashicorp/go-hclog"
)

// Untold is what a wait is for that is not worth a line in the log: it is short, or was told already.
const Untold = "waiting"

// Signal wakes the one goroutine of a sending end that waits, in Write, End or Close, when something has
// changed that it may wait for.
type Signal chan struct{}

// NewSignal gives one that nobody has notified.
func NewSignal() Signal { return make(Signal, 1) }

// Notify has Await look again. It never blocks.
func (s Signal) Notify() {
	select {
	case s <- struct{}{}:
	default:
	}
}

// Await calls look with the lock held, at once and after each Notify, until it gives no word of what there is
// still to wait for. The first such word that is not Untold is logged. When ctx is done before, it gives ctx's error.
func (s Signal) Await(ctx context.Context, mu *sync.Mutex, log hclog.Logger, look func() (waitsFor string)) error {
	for told := false; ; {
		mu.Lock()
		what := look()
		mu.Unlock()
		switch {
		case what == "":
			return nil
		case what != Untold && !told:
			told = true
			log.Info(what)
		}
		select {
		case <-s:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
