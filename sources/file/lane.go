package file

import (
	"context"
	"time"
)

// lane runs calls that may block for long, one after the other, on a goroutine of its own. Who waits for
// one can stop waiting, and nothing is ever called beside a call that is still running.
type lane struct {
	work    chan func()
	done    chan struct{}
	gone    chan struct{}
	last    func()
	pending bool // a call was left running, and its done was not seen yet
}

// newLane starts the goroutine; close ends it.
func newLane() *lane {
	l := &lane{work: make(chan func()), done: make(chan struct{}, 1), gone: make(chan struct{})}
	go l.run()
	return l
}

func (l *lane) run() {
	defer close(l.gone)
	for fn := range l.work {
		fn()
		l.done <- struct{}{}
	}
	l.last()
}

// do runs fn and waits for it. When ctx ends before that, its error is returned and fn goes on alone.
func (l *lane) do(ctx context.Context, fn func()) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if l.pending {
		select {
		case <-l.done:
			l.pending = false
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	l.work <- fn // the goroutine is idle
	select {
	case <-l.done:
		return nil
	case <-ctx.Done():
		l.pending = true
		return ctx.Err()
	}
}

// close has last run after the call that may still be running, and waits so long for it. It reports
// whether last has run; if not, it will, whenever that call returns.
func (l *lane) close(limit time.Duration, last func()) bool {
	l.last = last
	close(l.work)
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-l.gone:
		return true
	case <-timer.C:
		return false
	}
}
