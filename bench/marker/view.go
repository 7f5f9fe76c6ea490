package main

import (
	"fmt"
	"slices"
	"time"
)

// late is how long a picture may take to every viewer; one that takes longer counts as lost.
const late = 500 * time.Millisecond

// view is a stretch of time in which viewers were looked at.
type view struct {
	from, to time.Time     // when the pictures that count were captured
	cpu      time.Duration // of the sender's process meanwhile
}

// watched is what viewers saw, as JSON. The times in milliseconds are those of the viewer that got a picture last,
// over all pictures.
type watched struct {
	Viewers   int     `json:"viewers"`
	Frames    int     `json:"frames"`    // pictures that count
	Delivered int     `json:"delivered"` // of them, to all viewers together
	Lost      int     `json:"lost"`
	P50       float64 `json:"p50"`
	P99       float64 `json:"p99"`
	Max       float64 `json:"max"`
	CPU       float64 `json:"cpu"`     // seconds of the sender's process
	Seconds   float64 `json:"seconds"` // in which it used them
}

// look waits for that long, and longer until the last picture has had its time. A viewer that ends meanwhile is
// an error.
func (c *crowd) look(watch time.Duration, pid int) (view, error) {
	v := view{from: time.Now()}
	before, err := processorTime(pid)
	if err != nil {
		return view{}, err
	}
	time.Sleep(watch)
	after, err := processorTime(pid)
	if err != nil {
		return view{}, err
	}
	v.to, v.cpu = time.Now(), after-before
	time.Sleep(late)
	for i, viewer := range c.viewers {
		select {
		case <-viewer.over:
			return view{}, fmt.Errorf("viewer %d: %w", i, viewer.err)
		default:
		}
	}
	return v, nil
}

// summarize says what the viewers, who have left, saw of the pictures that count.
func (v view) summarize(c *crowd, stamps string) (watched, error) {
	origins, err := c.album.develop()
	if err != nil {
		return watched{}, err
	}
	captured := make(map[uint64]time.Time) // of all pictures that count
	for _, o := range origins {
		captured[o.number] = o.captured
	}
	if stamps != "" {
		if captured, err = readStamps(stamps); err != nil {
			return watched{}, err
		}
	}
	first, last := ^uint64(0), uint64(0)
	for number, at := range captured {
		if at.Before(v.from) || at.After(v.to) {
			delete(captured, number)
			continue
		}
		first, last = min(first, number), max(last, number)
	}
	if len(captured) == 0 {
		return watched{}, fmt.Errorf("no picture was captured in %s", v.to.Sub(v.from))
	}
	sum := watched{Viewers: len(c.viewers), Frames: int(last-first) + 1, CPU: v.cpu.Seconds(), Seconds: v.to.Sub(v.from).Seconds()}
	slowest := make(map[uint64]time.Duration)
	for _, viewer := range c.viewers {
		seen := make(map[uint64]bool)
		for _, s := range viewer.saw {
			number := origins[s.key].number
			at, counts := captured[number]
			delay := s.at.Sub(at)
			if !counts || seen[number] || delay > late {
				continue
			}
			seen[number] = true
			slowest[number] = max(slowest[number], delay)
		}
		sum.Delivered += len(seen)
	}
	sum.Lost = sum.Frames*sum.Viewers - sum.Delivered
	delays := make([]time.Duration, 0, len(slowest))
	for _, delay := range slowest {
		delays = append(delays, delay)
	}
	slices.Sort(delays)
	sum.P50, sum.P99, sum.Max = rank(delays, 50), rank(delays, 99), rank(delays, 100)
	return sum, nil
}
