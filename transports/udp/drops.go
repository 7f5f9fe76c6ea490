package udp

import (
	"fmt"
	"time"

	"github.com/hashicorp/go-hclog"
)

// drops is what a receiver missed since the last report.
type drops struct {
	count  int
	oldest time.Duration // age of the oldest frame when it was dropped
	wrote  uint64        // bytes sent meanwhile
	behind bool          // the network was, when one of them was dropped
	rate   float64       // bytes/s that arrived then
}

// wrote counts what was sent to a receiver.
func (s *sender) wrote(p *peer, bytes uint64) {
	s.mu.Lock()
	p.drops.wrote += bytes
	s.mu.Unlock()
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
		name string
	}
	var reports []report // told without the lock: a terminal that is stopped holds up who writes to it
	s.mu.Lock()
	for _, p := range s.peers {
		if p.drops.count > 0 {
			reports = append(reports, report{p.drops, p.link.name})
		}
		p.drops = drops{}
	}
	s.mu.Unlock()
	for i, r := range reports {
		if i == s.set.lines {
			s.env.Log.Warn("more receivers missed frames than are told", "receivers", len(reports)-i)
			return
		}
		r.log(s.env.Log, r.name)
	}
}

// log tells what was dropped for a receiver.
func (d drops) log(log hclog.Logger, name string) {
	log.Warn("dropped frames for a slow receiver", "receiver", name, "frames", d.count,
		"oldest", d.oldest.Round(time.Millisecond), "cause", d.cause())
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
