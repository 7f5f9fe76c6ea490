package cli

import (
	"fmt"
	"math"
	"strings"
	"time"

	"framewire/pipeline"
)

// bar draws how much of something is done, from 0 to 1, in that many characters and two brackets.
func bar(width int, done float64) string {
	n := int(float64(width) * min(max(done, 0), 1))
	return "[" + strings.Repeat("#", n) + strings.Repeat(".", width-n) + "]"
}

// rateMemory is how far back a rate looks: by then about two thirds of it are newer.
const rateMemory = 5 * time.Second

// rate is how many bytes a second a source delivers, evened out so that an estimate can be read.
type rate struct {
	perSecond float64
	bytes     int64
	at        time.Time // of the last sample; zero before the first
}

// sample notes how many bytes were delivered by then.
func (r rate) sample(bytes int64, now time.Time) rate {
	next := rate{perSecond: r.perSecond, bytes: bytes, at: now}
	gone := now.Sub(r.at).Seconds()
	if r.at.IsZero() || gone <= 0 {
		return next
	}
	fresh := float64(max(bytes-r.bytes, 0)) / gone
	if r.perSecond == 0 {
		next.perSecond = fresh
		return next
	}
	old := math.Exp(-gone / rateMemory.Seconds())
	next.perSecond = old*r.perSecond + (1-old)*fresh
	return next
}

// progressText puts a source's progress into words: a bar, what is done, how fast, and how long it will take yet.
func progressText(p pipeline.Progress, perSecond float64) string {
	const width, mega = 20, 1e6
	done := 0.0
	switch {
	case p.TotalBytes > 0:
		done = float64(p.Bytes) / float64(p.TotalBytes)
	case p.Total > 0:
		done = float64(p.Done+p.Refused) / float64(p.Total)
	}
	text := fmt.Sprintf("%s %d of %d %s", bar(width, done), p.Done, p.Total, p.Unit)
	if p.TotalBytes > 0 {
		text += fmt.Sprintf("  %.1f of %.1f MB", float64(p.Bytes)/mega, float64(p.TotalBytes)/mega)
	}
	if left := p.TotalBytes - p.Bytes; perSecond >= 1 && p.Done+p.Refused < p.Total {
		text += fmt.Sprintf("  %.1f MB/s", perSecond/mega)
		if left > 0 {
			text += "  " + span(float64(left)/perSecond) + " left"
		}
	}
	if p.Refused > 0 {
		text += fmt.Sprintf("  %d refused", p.Refused)
	}
	return text
}

// span writes seconds as people say them: 6 s, 3 min, 2 h 5 min.
func span(seconds float64) string {
	minutes := int64(math.Ceil(min(seconds, math.MaxInt32) / 60))
	switch {
	case seconds < 90:
		return fmt.Sprintf("%.0f s", math.Ceil(seconds))
	case minutes < 90:
		return fmt.Sprintf("%d min", minutes)
	}
	return fmt.Sprintf("%d h %d min", minutes/60, minutes%60)
}

// progress shows how much of the demo's time is over, on a terminal only. The returned function takes the
// bar away.
func (d *demo) progress(limit time.Duration) (stop func()) {
	if !isTerminal(d.app.stderr) {
		return func() {}
	}
	const width = 40
	quit, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(200 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				gone := min(time.Since(d.began), limit)
				d.out.set(fmt.Sprintf("%s %.0f of %s", bar(width, float64(gone)/float64(limit)), gone.Seconds(), limit))
			case <-quit:
				d.out.set("")
				return
			}
		}
	}()
	return func() {
		close(quit)
		<-done
	}
}
