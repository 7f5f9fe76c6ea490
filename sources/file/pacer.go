package file

import (
	"context"
	"time"
)

// latest is how far behind its times a clip may fall before the schedule is moved: less is caught up,
// more would come as a burst.
const latest = time.Second

// pacer waits until pictures are due, on a schedule that does not drift: the first picture sets it.
type pacer struct {
	zero  time.Time // when presentation time 0 is due; the zero time before the first picture
	timer *time.Timer
}

// wait returns when the picture with that presentation time is due, or with ctx's error.
func (p *pacer) wait(ctx context.Context, pts time.Duration) error {
	now := time.Now()
	if p.zero.IsZero() || now.Sub(p.zero.Add(pts)) > latest {
		p.zero = now.Add(-pts)
	}
	left := p.zero.Add(pts).Sub(now)
	if left <= 0 {
		return ctx.Err()
	}
	if p.timer == nil {
		p.timer = time.NewTimer(left)
	} else {
		p.timer.Reset(left)
	}
	select {
	case <-p.timer.C:
		return nil
	case <-ctx.Done():
		p.timer.Stop()
		return ctx.Err()
	}
}
