package udp

import (
	"slices"
	"time"
)

// lobby holds the sessions of an end that listens whose other end has not yet proven where it is. When it
// is full, or one address has its share of it, whoever came first has to go, though nobody before the time
// that a round trip takes is over. The hub's lock guards it.
type lobby struct {
	places, share int           // altogether, and for one remote address
	grace         time.Duration // that everybody may stay

	guests []guest // in the order in which they came
}

type guest struct {
	link *link
	from string // the address without the port
	came time.Time
}

// room says whether a session may enter that comes from there, and which has to go for it.
func (l *lobby) room(from string, now time.Time) (out *link, ok bool) {
	count, first := 0, -1
	for i, g := range l.guests {
		if g.from == from {
			if count++; first < 0 {
				first = i
			}
		}
	}
	switch {
	case count >= l.share:
	case len(l.guests) >= l.places:
		first = 0
	default:
		return nil, true
	}
	if now.Sub(l.guests[first].came) < l.grace {
		return nil, false
	}
	return l.guests[first].link, true
}

func (l *lobby) enter(link *link, from string, now time.Time) {
	l.guests = append(l.guests, guest{link, from, now})
}

// leave gives a session's place back; a second time is harmless.
func (l *lobby) leave(link *link) {
	l.guests = slices.DeleteFunc(l.guests, func(g guest) bool { return g.link == link })
}

// stale gives the sessions that have been here longer than that.
func (l *lobby) stale(now time.Time, limit time.Duration) (out []*link) {
	for _, g := range l.guests {
		if now.Sub(g.came) > limit {
			out = append(out, g.link)
		}
	}
	return out
}
