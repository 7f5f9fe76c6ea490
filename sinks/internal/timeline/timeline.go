// Package timeline puts the frames of a stream, or of several streams one after another, on one line of
// strictly increasing times that starts at zero. Recordings and snapshots take their times from it.
package timeline

import (
	"time"

	"framewire/pipeline"
)

const (
	// backwards is how far a frame may be behind the one before it and still count as out of order; a
	// stream that jumps back further has begun again.
	backwards = time.Second
	// forwards is the longest pause that is believed. The times come over the wire, and a line must not
	// run off into the next century with one frame.
	forwards = 24 * time.Hour
	// usual is the interval after which a stream goes on whose pause is not known.
	usual = time.Second / 25
)

// Line is the line of one sink. Set Tick before the first call of At; times are multiples of it.
type Line struct {
	Tick time.Duration

	begun    bool
	stream   pipeline.StreamID
	captured time.Time     // of the last frame
	pts      time.Duration // of the last frame
	shift    time.Duration // from PTS to the line
	last     time.Duration
}

// At gives the place of a frame on the line: its presentation time, counted from the first frame. When
// another stream begins, or the same begins again, the line goes on by the time between the two captures.
// A frame that is out of order or has the time of the one before it comes one tick after that.
func (l *Line) At(f *pipeline.Frame) time.Duration {
	pts := min(max(f.PTS, -1<<61), 1<<61) // differences fit
	switch step := pts - l.pts; {
	case !l.begun:
		l.shift = -pts
	case f.Stream != l.stream || step < -backwards || step > forwards:
		l.shift = l.last + l.pause(f) - pts
	}
	at := (pts + l.shift).Round(l.Tick)
	if l.begun && at <= l.last {
		at = l.last + l.Tick
	}
	l.begun, l.stream, l.captured, l.pts, l.last = true, f.Stream, f.Captured, pts, at
	return at
}

// pause is how long nothing came before a frame with which a stream begins.
func (l *Line) pause(f *pipeline.Frame) time.Duration {
	if l.captured.IsZero() || f.Captured.IsZero() {
		return usual
	}
	if d := f.Captured.Sub(l.captured); d > 0 && d <= forwards {
		return d
	}
	return usual
}
