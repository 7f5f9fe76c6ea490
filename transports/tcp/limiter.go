package tcp

import (
	"sync"
	"time"
)

// limiter lets one message through in a while and counts the others.
type limiter struct {
	every time.Duration

	mu     sync.Mutex
	last   time.Time
	missed int
}

// allow reports whether a message may be logged now, and how many were not since the last one.
func (l *limiter) allow() (missed int, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if now := time.Now(); l.last.IsZero() || now.Sub(l.last) >= l.every {
		missed, l.missed, l.last = l.missed, 0, now
		return missed, true
	}
	l.missed++
	return 0, false
}

// complain passes a message on with what was left out before it.
func (l *limiter) complain(say func(msg string, args ...any), msg string, args ...any) {
	missed, ok := l.allow()
	if !ok {
		return
	}
	if missed > 0 {
		args = append(args, "not_told_before", missed)
	}
	say(msg, args...)
}
