package shelf

import (
	"fmt"
	"math"
	"time"
)

const (
	// window is over how much of the past the rate is measured.
	window = 5 * time.Minute
	// least is how much of it there must be before anything is foretold.
	least = 5 * time.Second
	// apart is the time between two samples.
	apart = 2 * time.Second
)

// Forecast measures how fast a recorder fills the disk. Its zero value is ready.
type Forecast struct {
	samples [window / apart]sample // a ring
	n       int                    // of all samples
}

type sample struct {
	at    time.Time
	bytes int64
}

// Add notes how many bytes were written in all up to a time. Samples that come too close together are left
// out.
func (f *Forecast) Add(at time.Time, bytes int64) {
	if f.n > 0 && at.Sub(f.last().at) < apart*3/4 { // the beat is not exact
		return
	}
	f.samples[f.n%len(f.samples)] = sample{at, bytes}
	f.n++
}

func (f *Forecast) last() sample { return f.samples[(f.n-1)%len(f.samples)] }

// Rate is how many bytes are written a second; 0 while that is not known.
func (f *Forecast) Rate() float64 {
	if f.n < 2 {
		return 0
	}
	first := f.samples[max(f.n-len(f.samples), 0)%len(f.samples)]
	last := f.last()
	span := last.at.Sub(first.at)
	if span < least {
		return 0
	}
	return float64(last.bytes-first.bytes) / span.Seconds()
}

// Text says how long it goes on like that: "disk full in 3 d 4 h", or "keeps 12 d" where old recordings make
// room for new ones. There are free bytes on the disk and kept ones in recordings that can be removed. Without
// anything to tell it is empty.
func (f *Forecast) Text(k Keep, free, kept int64) string {
	rate := f.Rate()
	if rate <= 0 {
		return ""
	}
	// Until retention begins to remove, room more bytes are written; from then on it keeps hold seconds.
	room, hold := math.Inf(1), math.Inf(1)
	limit := func(bytes, seconds float64) {
		room, hold = min(room, bytes), min(hold, seconds)
	}
	if k.Age > 0 {
		limit(rate*k.Age.Seconds()-float64(kept), k.Age.Seconds())
	}
	if k.Bytes > 0 {
		limit(float64(k.Bytes-kept), float64(k.Bytes)/rate)
	}
	if k.Free > 0 {
		limit(float64(free-k.Free), max(float64(free-k.Free+kept), 0)/rate)
	}
	if room < float64(free) {
		return "keeps " + span(hold)
	}
	return "disk full in " + span(float64(free)/rate)
}

// span writes a time in its two largest units, which is as much as a forecast is worth.
func span(seconds float64) string {
	minutes := int64(min(seconds, 1e10) / 60)
	switch days, hours := minutes/(24*60), minutes/60%24; {
	case days >= 365:
		return "more than a year"
	case days >= 10:
		return fmt.Sprintf("%d d", days)
	case days > 0:
		return fmt.Sprintf("%d d %d h", days, hours)
	case hours > 0:
		return fmt.Sprintf("%d h %d min", hours, minutes%60)
	case minutes > 0:
		return fmt.Sprintf("%d min", minutes)
	}
	return "less than a minute"
}
