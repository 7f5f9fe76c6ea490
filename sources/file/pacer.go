package file

import (
	"time"
)

// latest is how far behind its times a clip may fall before the schedule is moved: less is caught up,
// more would come as a burst.
const latest = time.Second

// pacer tells when pictures are due, on a schedule that does not drift: the first picture sets it.
type pacer struct {
	speed float64
	at    time.Time     // when ...
	pts   time.Duration // ... this presentation time is due; at is zero before the first picture
}

// begin says that the picture with that presentation time was due now.
func (p *pacer) begin(now time.Time, pts time.Duration) { p.at, p.pts = now, pts }

// restart has the next picture due at once, and those behind it in their distance.
func (p *pacer) restart() { p.at = time.Time{} }

// left is how long it is until the picture with that presentation time is due; it may be below zero.
func (p *pacer) left(now time.Time, pts time.Duration) time.Duration {
	due := p.due(pts)
	if p.at.IsZero() || now.Sub(due) > latest {
		p.begin(now, pts)
		return 0
	}
	return due.Sub(now)
}

func (p *pacer) due(pts time.Duration) time.Time {
	return p.at.Add(time.Duration(float64(pts-p.pts) / p.speed))
}

// setSpeed goes on from here as fast as that.
func (p *pacer) setSpeed(now time.Time, speed float64) {
	if !p.at.IsZero() {
		p.pts += time.Duration(float64(now.Sub(p.at)) * p.speed)
		p.at = now
	}
	p.speed = speed
}
