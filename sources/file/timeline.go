package file

import (
	"time"

	"framewire/sources/file/demux"
)

const (
	defaultStep = time.Second / 25 // where the clip tells no rate, as FFmpeg has it
	leastStep   = time.Millisecond // between any two pictures: the resolution of a Matroska recording
	largestJump = time.Hour        // a longer one is a broken timestamp
)

// timeline turns the times that a clip tells into presentation times from the start of the stream, which
// always grow, also when the clip begins again or its timestamps are missing or broken.
type timeline struct {
	begun  bool
	last   time.Duration // presentation time of the last picture
	step   time.Duration // from one picture to the next where nothing better is known
	raw    time.Duration // time told for the last picture, or demux.NoTime
	offset time.Duration // presentation time minus told time
	lead   time.Duration // to the first picture of the clip, where it is not step
}

// restart says that the next picture is the first one of a clip with that distance between pictures, and that it
// comes lead after the last one of the clip before, where that is known.
func (t *timeline) restart(step, lead time.Duration) {
	t.raw, t.lead = demux.NoTime, lead
	if step < leastStep || step > largestJump {
		step = defaultStep
	}
	t.step = step
}

// next gives the presentation time of the next picture, for which the clip told a time or demux.NoTime.
func (t *timeline) next(told time.Duration) time.Duration {
	pts := t.last + t.step
	if t.lead >= leastStep {
		pts = t.last + t.lead
	}
	t.lead = 0
	if !t.begun {
		t.begun, pts = true, 0
	}
	switch {
	case told == demux.NoTime || told == t.raw:
		// Not told, or the same again as files without timestamps have it: by the rate.
	case t.raw == demux.NoTime || told < t.raw-time.Second || told > t.raw+largestJump:
		// The first one, or a break: what follows counts from here.
		t.offset = pts - told
	default:
		pts = max(told+t.offset, t.last+leastStep)
		if gap := told - t.raw; gap >= leastStep && gap <= time.Second {
			t.step = gap
		}
	}
	t.last, t.raw = pts, told
	return pts
}
