package photo

import "time"

// limiter lets so many lines through in each interval.
type limiter struct {
	interval time.Duration
	most     int

	begun  time.Time
	told   int // lines since then
	untold int // since the last line
}

// tell reports whether to tell now, and of how many that were not told before.
func (l *limiter) tell(now time.Time) (untold int, ok bool) {
	if l.begun.IsZero() || now.Sub(l.begun) >= l.interval {
		l.begun, l.told = now, 0
	}
	if l.told == l.most {
		l.untold++
		return 0, false
	}
	untold, l.untold = l.untold, 0
	l.told++
	return untold, true
}
