package file

import (
	"errors"
	"math"
	"time"

	"framewire/pipeline"
)

const (
	// looks is how many frames are held back to find the rate, unless a second has passed before.
	looks = 9
	// mostFill is the longest gap that is filled, in frames. A longer one begins a new file, so that no time
	// stamp from the wire can make us write without end.
	mostFill = 1800
)

// slots is a container in which the n-th frame has the n-th place in time.
type slots interface {
	// begin comes once, before anything else, with the rate.
	begin(r rate) error
	// put fills the next place. It may return errFull before anything was written.
	put(f *pipeline.Frame) error
	// fill passes over n places.
	fill(n int) error
	// finish ends the file; begin may not have come.
	finish() error
}

// constant brings frames with times of their own onto a constant rate.
type constant struct {
	to   slots
	drop bool // frames that are more than a place too many are left out; else all are kept

	held  []*pipeline.Frame // while the rate is not known
	times []time.Duration   // of held
	rate  rate
	next  int // number of the next place
}

var _ recorder = (*constant)(nil)

func (c *constant) write(f *pipeline.Frame, at time.Duration) error {
	if c.rate.num != 0 {
		return c.place(f, at)
	}
	c.held = append(c.held, f.Retain())
	c.times = append(c.times, at)
	if len(c.held) < looks && at < time.Second {
		return nil
	}
	return c.settle()
}

// settle fixes the rate and writes the frames that were held back.
func (c *constant) settle() error {
	c.rate = findRate(c.times)
	err := c.to.begin(c.rate)
	for i, f := range c.held {
		if err == nil {
			err = c.place(f, c.times[i])
		}
		f.Release()
	}
	c.held, c.times = nil, nil
	return err
}

// place puts a frame where its time says. Up to three quarters of a place too late still counts as in
// time, so that jitter neither fills nor drops; what really is missing is filled.
func (c *constant) place(f *pipeline.Frame, at time.Duration) error {
	late := c.rate.ticks(at) - float64(c.next)
	if c.drop && late < -1.25 {
		return nil
	}
	if gap := int(math.Round(late)); c.next > 0 && late >= 0.75 {
		if gap > mostFill {
			return errFull
		}
		if err := c.to.fill(gap); err != nil {
			return err
		}
		c.next += gap
	}
	if err := c.to.put(f); err != nil {
		return err
	}
	c.next++
	return nil
}

func (c *constant) close() error {
	var err error
	if len(c.held) > 0 {
		err = c.settle()
	}
	return errors.Join(err, c.to.finish())
}
