package tcp

import (
	"fmt"
	"time"

	"github.com/hashicorp/go-hclog"
)

// drops is what a receiver missed since the last report.
type drops struct {
	count  int
	oldest time.Duration // age of the oldest frame when it was dropped
}

// drop gives up a frame that waited too long for this receiver. The sender's lock is held.
func (p *peer) drop(it item) {
	p.drops.count++
	if at := it.frame.Captured; !at.IsZero() {
		p.drops.oldest = max(p.drops.oldest, p.s.set.now().Sub(at))
	}
	p.s.env.Counters.Dropped.Add(1)
	it.frame.Release()
}

// reportDrops tells once a second which receivers missed frames, until the sender closes.
func (s *sender) reportDrops() {
	ticker := time.NewTicker(s.set.report)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			s.reportDropsNow()
		case <-s.stop:
			s.reportDropsNow()
			return
		}
	}
}

func (s *sender) reportDropsNow() {
	type report struct {
		drops
		name  string
		wrote int64
	}
	var reports []report // told without the lock: a terminal that is stopped holds up who writes to it
	s.mu.Lock()
	for _, p := range s.peers {
		wrote := p.wrote.Swap(0)
		if p.drops.count > 0 {
			reports = append(reports, report{p.drops, p.name, wrote})
			p.drops = drops{}
		}
	}
	s.mu.Unlock()
	for _, r := range reports {
		r.log(s.env.Log, r.name, r.wrote, s.set.report)
	}
}

// log tells what was dropped for a receiver that took so many bytes in the time.
func (d drops) log(log hclog.Logger, name string, wrote int64, during time.Duration) {
	cause := "it takes nothing: the program there is stopped or the network is down"
	if wrote > 0 {
		cause = fmt.Sprintf("it takes no more than %.1f MB/s: the network or the program there is slower than the stream",
			float64(wrote)/during.Seconds()/1e6)
	}
	log.Warn("dropped frames for a slow receiver", "receiver", name, "frames", d.count,
		"oldest", d.oldest.Round(time.Millisecond), "cause", cause)
}
