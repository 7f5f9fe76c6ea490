// Package limit keeps log lines that strangers can cause from filling a disk. The transports share it.
package limit

import (
	"context"
	"sync"
	"time"
)

// Minute is the Most for lines that strangers cause.
const Minute = time.Minute

// Limiter lets a few lines through in a while and counts the others, so that whoever connects a thousand
// times a second does not fill the disk with logs. The next line that passes tells how many were left out,
// and where none follows TellMissed does. It is safe for concurrent use once its settings stand.
type Limiter struct {
	Every time.Duration
	Burst int // lines in that time
	// Most lets the pause between two lines with the same message grow, from Every to this, twice as long each
	// time, until none of them was wanted for so long. 0 leaves it as it is.
	Most time.Duration

	mu     sync.Mutex
	since  time.Time // when the first of the lines that count was said
	said   int
	missed int // left out and not told yet
	kinds  map[string]*kind
	until  time.Time // when the last pause of a kind is over
}

// kind is the lines with one message. The messages are the program's own, so there are few.
type kind struct {
	wanted time.Time // last
	until  time.Time // the end of its pause
	pause  time.Duration
}

// Say passes a line on, or counts it.
func (l *Limiter) Say(line func(msg string, args ...any), msg string, args ...any) {
	missed, ok := l.Allow(msg)
	if !ok {
		return
	}
	if missed > 0 {
		args = append(args, "not_told_before", missed)
	}
	line(msg, args...)
}

// Allow reports whether a line with that message may be said now, and how many lines were left out since the
// last one.
func (l *Limiter) Allow(msg string) (missed int, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	if l.said == 0 || now.Sub(l.since) >= l.Every {
		l.since, l.said = now, 0
	}
	k := l.kind(msg, now)
	if l.said >= l.Burst || now.Before(k.until) {
		l.missed++
		return 0, false
	}
	l.said++
	if l.Most > 0 {
		k.pause = min(max(2*k.pause, l.Every), l.Most)
		k.until = now.Add(k.pause)
		if k.until.After(l.until) {
			l.until = k.until
		}
	}
	missed, l.missed = l.missed, 0
	return missed, true
}

// kind finds the lines with a message, and forgets how often they came when none did for long.
func (l *Limiter) kind(msg string, now time.Time) *kind {
	k := l.kinds[msg]
	if k == nil {
		k = new(kind)
		if l.kinds == nil {
			l.kinds = make(map[string]*kind)
		}
		l.kinds[msg] = k
	}
	if now.Sub(k.wanted) >= l.Most {
		*k = kind{}
	}
	k.wanted = now
	return k
}

// TellMissed says how many lines were left out when no further one came to tell it.
func (l *Limiter) TellMissed(line func(msg string, args ...any)) {
	l.mu.Lock()
	missed := 0
	if now := time.Now(); now.Sub(l.since) >= 2*l.Every && now.Sub(l.until) >= l.Every {
		missed, l.missed = l.missed, 0
	}
	l.mu.Unlock()
	if missed > 0 {
		line("more of the kind happened than was told", "not_told_before", missed)
	}
}

// Watch calls tell every so often, until ctx is done.
func Watch(ctx context.Context, every time.Duration, tell func()) {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			tell()
		case <-ctx.Done():
			return
		}
	}
}
