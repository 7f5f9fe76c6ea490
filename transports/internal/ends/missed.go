package ends

import (
	"time"

	"github.com/hashicorp/go-hclog"

	"framewire/pipeline"
)

// Missed is what a receiver missed since the last report.
type Missed struct {
	Count  int
	Oldest time.Duration // age of the oldest frame when it was dropped
}

// Add counts a frame that was dropped.
func (m *Missed) Add(f *pipeline.Frame, now time.Time) {
	m.Count++
	if !f.Captured.IsZero() {
		m.Oldest = max(m.Oldest, now.Sub(f.Captured))
	}
}

// MissedBy is what one receiver missed, and why that is likely.
type MissedBy struct {
	Missed
	Receiver, Cause string
}

// TellMissed tells every so often which receivers missed frames, and once more when stop is closed, at most
// that many of them each time. collect gives them, and is not called while a line is written: a terminal that
// is stopped holds up who writes to it.
func TellMissed(log hclog.Logger, every time.Duration, most int, stop <-chan struct{}, collect func() []MissedBy) {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for stopped := false; !stopped; {
		select {
		case <-ticker.C:
		case <-stop:
			stopped = true
		}
		tell(log, most, collect())
	}
}

func tell(log hclog.Logger, most int, list []MissedBy) {
	for i, m := range list {
		if i == most {
			log.Warn("more receivers missed frames than are told", "receivers", len(list)-i)
			return
		}
		log.Warn("dropped frames for a slow receiver", "receiver", m.Receiver, "frames", m.Count,
			"oldest", m.Oldest.Round(time.Millisecond), "cause", m.Cause)
	}
}
