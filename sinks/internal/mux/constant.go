package mux

import (
	"errors"
	"math"
	"time"

	"framewire/pipeline"
)

const (
	// looks is how many frames are looked at to find the rate, unless a second has passed before.
	looks = 9
	// mostFill is the longest gap that is filled, in frames. A longer one begins a new file, so that no time
	// stamp from the wire can make us write without end.
	mostFill = 1800
)

// slots is a container in which the n-th frame has the n-th place in time.
type slots interface {
	// begin comes before anything else, with the rate, and may come again with a better one.
	begin(r rate) error
	// put fills the next place. It may return ErrFull before anything was written.
	put(f *pipeline.Frame) error
	// fill passes over the next place.
	fill() error
	// Size is how many bytes the file has.
	Size() int64
	// finish ends and closes the file; begin may not have come.
	finish() error
}

// constant brings frames with times of their own onto a constant rate, which it finds from the first of them.
type constant struct {
	to slots
	// encode says that the rate cannot be corrected later, so that the first frames are held back until it is
	// found, and that frames more than a place too many are left out; else all are kept.
	encode bool

	times []time.Duration // of the first frames
	held  []*pipeline.Frame
	rate  rate
	fixed bool
	next  int // number of the next place
}

var _ Muxer = (*constant)(nil)

// Write places a frame, or holds it back.
func (c *constant) Write(f *pipeline.Frame, at time.Duration) error {
	if c.fixed {
		return c.place(f, at)
	}
	times := append(c.times, at)
	fixed := len(times) == looks || at >= time.Second
	if c.encode && !fixed {
		c.times, c.held = times, append(c.held, f.Retain())
		return nil
	}
	if err := c.begin(findRate(times), fixed); err != nil {
		return err
	}
	if err := c.place(f, at); err != nil {
		return err
	}
	c.times = times
	return nil
}

// begin sets the rate and places what was held back.
func (c *constant) begin(r rate, fixed bool) (err error) {
	if err := c.to.begin(r); err != nil {
		if errors.Is(err, ErrNoEncoder) {
			c.letGo()
		}
		return err
	}
	c.rate, c.fixed = r, fixed
	for i, f := range c.held {
		if err == nil {
			err = c.place(f, c.times[i])
		}
	}
	c.letGo()
	return err
}

func (c *constant) letGo() {
	for _, f := range c.held {
		f.Release()
	}
	c.held = nil
}

// late is how many places a frame of that time is behind the next one.
func (c *constant) late(at time.Duration) float64 { return c.rate.ticks(at) - float64(c.next) }

// gap is how many places are free in front of a frame. Up to three quarters of a place too late still
// counts as in time, so that jitter neither fills nor drops; what really is missing is filled.
func (c *constant) gap(at time.Duration) int {
	late := c.late(at)
	if c.next == 0 || late < 0.75 {
		return 0
	}
	return int(math.Round(late))
}

// place puts a frame where its time says.
func (c *constant) place(f *pipeline.Frame, at time.Duration) error {
	if c.encode && c.late(at) < -1.25 {
		return nil
	}
	if gap := c.gap(at); gap > 0 {
		if gap > mostFill {
			return ErrFull
		}
		for range gap {
			if err := c.to.fill(); err != nil {
				return err
			}
			c.next++
		}
	}
	if err := c.to.put(f); err != nil {
		return err
	}
	c.next++
	return nil
}

// Size is what the file has; frames that only are held back do not count.
func (c *constant) Size() int64 { return c.to.Size() }

// Close places what was held back and finishes the file.
func (c *constant) Close() error {
	var err error
	if len(c.held) > 0 {
		err = c.begin(findRate(c.times), true)
		c.letGo()
	}
	return errors.Join(err, c.to.finish())
}
