package udp

import (
	"fmt"

	"framewire/transports/internal/ends"
)

// drops is what a receiver missed since the last report, and what tells why.
type drops struct {
	ends.Missed
	wrote  uint64  // bytes sent meanwhile
	behind bool    // the network was, when one of them was dropped
	rate   float64 // bytes/s that arrived then
}

// wrote counts what was sent to a receiver.
func (s *sender) wrote(p *peer, bytes uint64) {
	s.mu.Lock()
	p.drops.wrote += bytes
	s.mu.Unlock()
}

// tellMissed tells once a second which receivers missed frames, until the sender closes.
func (s *sender) tellMissed() {
	ends.TellMissed(s.env.Log, s.set.report, s.set.lines, s.stop, func() (list []ends.MissedBy) {
		s.mu.Lock()
		defer s.mu.Unlock()
		for _, p := range s.peers {
			if p.drops.Count > 0 {
				list = append(list, ends.MissedBy{Missed: p.drops.Missed, Receiver: p.link.name, Cause: p.drops.cause()})
			}
			p.drops = drops{}
		}
		return list
	})
}

// cause blames the network only where the receiver's reports do.
func (d drops) cause() string {
	switch {
	case d.wrote == 0:
		return "it reports nothing: the network is down, or the program there is stopped"
	case d.behind:
		return fmt.Sprintf("the network carries no more than %.1f MB/s", d.rate/1e6)
	}
	return "frames come in bursts, or this machine is busy with other work"
}
