// Package limit keeps log lines that strangers can cause from filling a disk. The transports share it.
package limit

import (
	"sync"
	"time"
)

// Limiter lets a few lines through in a while and counts the others, so that whoever connects a thousand
// times a second does not fill the disk with logs. The next line that passes tells how many were left out,
// and where none follows TellMissed does. It is safe for concurrent use once its settings stand.
type Limiter struct {
	Every time.Duration
	Burst int // lines in that time

	mu     sync.Mutex
	since  time.Time // when the first of the lines that count was said
	said   int
	missed int // left out and not told yet
}

// Say passes a line on, or counts it.
func (l *Limiter) Say(line func(msg string, args ...any), msg string, args ...any) {
	missed, ok := l.Allow()
	if !ok {
		return
	}
	if missed > 0 {
		args = append(args, "not_told_before", missed)
	}
	line(msg, args...)
}

// Allow reports whether a line may be said now, and how many were left out since the last one.
func (l *Limiter) Allow() (missed int, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if now := time.Now(); l.said == 0 || now.Sub(l.since) >= l.Every {
		l.since, l.said = now, 0
	}
	if l.said >= l.Burst {
		l.missed++
		return 0, false
	}
	l.said++
	missed, l.missed = l.missed, 0
	return missed, true
}

// TellMissed says how many lines were left out when no further one came to tell it.
func (l *Limiter) TellMissed(line func(msg string, args ...any)) {
	l.mu.Lock()
	missed := 0
	if time.Since(l.since) >= 2*l.Every {
		missed, l.missed = l.missed, 0
	}
	l.mu.Unlock()
	if missed > 0 {
		line("more of the kind happened than was told", "not_told_before", missed)
	}
}
