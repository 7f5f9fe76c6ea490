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
	for _, r := range reports {
		r.log(s.env.Log, r.name, s.set.report)
	}
}

// log tells what was dropped for a receiver to which so many bytes were sent in the time.
func (d drops) log(log hclog.Logger, name string, during time.Duration) {
	cause := "it reports nothing: the network is down, or the program there is stopped"
	if d.wrote > 0 {
		cause = fmt.Sprintf("the network takes no more than %.1f MB/s", float64(d.wrote)/during.Seconds()/1e6)
	}
	log.Warn("dropped frames for a slow receiver", "receiver", name, "frames", d.count,
		"oldest", d.oldest.Round(time.Millisecond), "cause", cause)
}
