package pipeline

import (
	"fmt"
	"time"
)

// watchDrops tells once a second which edges dropped frames: whose, how many, how old, and why it is
// likely. The returned function ends it.
func (r *Runner) watchDrops() (stop func()) {
	quit, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		last := make([]load, len(r.edges))
		for i := range last {
			last[i].at = time.Now()
		}
		for {
			select {
			case <-tick.C:
				for i, e := range r.edges {
					last[i] = e.tellDrops(last[i])
				}
			case <-quit:
				return
			}
		}
	}()
	return func() {
		close(quit)
		<-done
	}
}

// load is how much had come through an edge at one moment.
type load struct {
	at            time.Time
	frames, drops uint64
	busy          time.Duration
}

// tellDrops logs what was dropped since last and gives the new state.
func (e *edge) tellDrops(last load) load {
	now := load{
		at: time.Now(), frames: e.stage.counters.FramesIn.Load(), drops: e.drops.Load(),
		busy: time.Duration(e.stage.busy.Load()),
	}
	dropped := now.drops - last.drops
	if dropped == 0 {
		return now
	}
	oldest := time.Duration(e.oldest.Swap(0))
	e.stage.log.Warn("frames dropped", "count", dropped, "oldest", oldest.Round(time.Millisecond).String(),
		"likely", e.likely(now, last, dropped))
	return now
}

// likely says in words why an edge had no room.
func (e *edge) likely(now, last load, dropped uint64) string {
	worked := now.frames - last.frames
	if stale := e.stale.Swap(0); stale > dropped/2 {
		return fmt.Sprintf("they were older than max_age %s", e.maxAge)
	}
	if worked == 0 {
		return fmt.Sprintf("%s is stuck: it took no frame", e.stage.name())
	}
	each := (now.busy - last.busy) / time.Duration(worked)
	arriving := float64(worked+dropped) / max(now.at.Sub(last.at).Seconds(), 0.001)
	if each*time.Duration(worked) < now.at.Sub(last.at)/2 {
		return "frames come in bursts, or the machine is busy with other work"
	}
	return fmt.Sprintf("%s takes %s a frame and %.0f a second come in", e.stage.name(), each.Round(100*time.Microsecond), arriving)
}
