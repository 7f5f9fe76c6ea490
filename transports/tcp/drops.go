package tcp

import (
	"fmt"
	"time"

	"framewire/transports/internal/ends"
)

// drop gives up a frame that waited too long for this receiver. The sender's lock is held.
func (p *peer) drop(it item) {
	p.missed.Add(it.frame, p.s.set.now())
	p.s.env.Counters.Dropped.Add(1)
	it.frame.Release()
}

// tellMissed tells once a second which receivers missed frames, until the sender closes.
func (s *sender) tellMissed() {
	ends.TellMissed(s.env.Log, s.set.report, s.set.lines, s.stop, func() (list []ends.MissedBy) {
		s.mu.Lock()
		defer s.mu.Unlock()
		for _, p := range s.peers {
			wrote := p.wrote.Swap(0)
			if p.missed.Count > 0 {
				list = append(list, ends.MissedBy{Missed: p.missed, Receiver: p.name, Cause: slowness(wrote, s.set.report)})
				p.missed = ends.Missed{}
			}
		}
		return list
	})
}

// slowness says why a receiver that took so many bytes in the time is likely to miss frames.
func slowness(wrote int64, during time.Duration) string {
	if wrote == 0 {
		return "it takes nothing: the program there is stopped or the network is down"
	}
	return fmt.Sprintf("it takes no more than %.1f MB/s: the network or the program there is slower than the stream",
		float64(wrote)/during.Seconds()/1e6)
}
