package file

import (
	"time"

	"framewire/pipeline"
)

const (
	// freely is how many changes of the picture's format within span of stream time give a new file at once.
	freely = 3
	span   = 10 * time.Second
	// lasting is how long a format must have stayed, once there were more changes than that.
	lasting = time.Second
)

// changes keeps a stream that changes its format all the time from making a file of every frame.
type changes struct {
	made  [freely]time.Duration // places of the latest changes, in a ring
	count int                   // of all changes

	format pipeline.Format // that asks to be the next
	since  time.Duration   // place of its first frame in a row
}

// allow reports whether a frame of the format next may be recorded where frames of the format now are; the
// zero Format means that there are none yet.
func (c *changes) allow(now, next pipeline.Format, at time.Duration) bool {
	if now == next || now == (pipeline.Format{}) {
		c.format = pipeline.Format{}
		return true
	}
	if c.format != next {
		c.format, c.since = next, at
	}
	oldest := &c.made[c.count%freely]
	if c.count >= freely && at-*oldest < span && at-c.since < lasting {
		return false
	}
	*oldest = at
	c.count++
	return true
}
