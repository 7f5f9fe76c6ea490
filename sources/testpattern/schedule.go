package testpattern

import (
	"context"
	"math"
	"math/bits"
	"time"
)

// rate is a frame rate in thousandths of a frame a second, so that 29.97 and 23.976 are exact.
type rate uint64

func rateOf(fps float64) rate { return rate(math.Round(fps * 1000)) }

// at gives the presentation time of frame n, rounded down to a nanosecond; it never drifts.
func (r rate) at(n uint64) time.Duration {
	hi, lo := bits.Mul64(n, 1_000_000_000_000)
	if hi >= uint64(r) {
		return math.MaxInt64
	}
	t, _ := bits.Div64(hi, lo, uint64(r))
	return time.Duration(min(t, math.MaxInt64))
}

// schedule waits for the moments at which frames are due. They are counted from the start, not from the
// frame before, so that the rate holds over hours. After a stall of more than a frame the count starts
// anew: the frames go on with their numbers and presentation times, at the usual distance, instead of
// coming all at once.
type schedule struct {
	start time.Time // when frame 0 was due; zero before the first frame
	timer *time.Timer
}

// wait returns when the frame with that presentation time is due.
func (s *schedule) wait(ctx context.Context, pts, period time.Duration) error {
	now := time.Now()
	if s.start.IsZero() || now.Sub(s.start.Add(pts)) > period {
		s.start = now.Add(-pts)
	}
	left := s.start.Add(pts).Sub(now)
	if left <= 0 {
		return ctx.Err()
	}
	if s.timer == nil {
		s.timer = time.NewTimer(left)
	} else {
		s.timer.Reset(left)
	}
	defer s.timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-s.timer.C:
		return nil
	}
}
