package udp

import (
	"math"
	"time"

	"framewire/transports/datagram"
)

const (
	fullLoss    = 0.05                   // that is believed of a full network
	firstLoss   = 0.09                   // that is assumed before reports come: about 10% of parity
	lossFalls   = 6 * time.Second        // in which the believed loss falls to a third
	lossMean    = 500 * time.Millisecond // over which the mean is taken
	lossPackets = 24                     // that a sample has at least
	lossTold    = 100 * time.Millisecond // in which what a full network dropped is reported as lost
	leastParity = 2                      // shards, on a live stream
	mostParity  = 40.0                   // percent, of auto
	groupParity = 20.0                   // percent, where nobody reports
)

// lossMeter follows the loss that a receiver reports: the peak rises at once and falls slowly.
type lossMeter struct {
	peak, mean float64
	at         time.Time
	full       time.Time // when the network last was
	from       datagram.Report
	seen       bool
}

func (m *lossMeter) begin(now time.Time) { m.peak, m.at = firstLoss, now }

// report takes a report over. What a full network drops is not made good with parity, which would fill it
// more.
func (m *lossMeter) report(r datagram.Report, now time.Time, full bool) {
	if full {
		m.full = now
	}
	if !m.seen {
		m.from, m.seen = r, true
		return
	}
	if r.Highest < m.from.Highest || r.Received < m.from.Received || r.Highest-m.from.Highest < lossPackets {
		return
	}
	sample := max(0, 1-float64(r.Received-m.from.Received)/float64(r.Highest-m.from.Highest))
	passed := now.Sub(m.at).Seconds()
	believed := sample
	if now.Sub(m.full) <= lossTold {
		believed = min(sample, fullLoss)
	}
	m.peak = max(believed, m.peak*math.Exp(-passed/lossFalls.Seconds()))
	m.mean += (sample - m.mean) * (1 - math.Exp(-passed/lossMean.Seconds()))
	m.at, m.from = now, r
}

// shape decides how a frame is cut for this receiver.
func (p *peer) shape(it *item, now time.Time) shape {
	sh := shape{shard: p.shard()}
	percent, least := float64(p.s.cfg.FEC.percent), leastParity
	if !p.s.cfg.FEC.fixed {
		percent = p.autoParity(it.frame.Lossless && !p.group)
		if it.frame.Lossless && !p.group {
			least = 0 // it is sent again until it has arrived
		}
	}
	if percent > 0 {
		sh.parity = datagram.Parity(datagram.DataShards(it.frame, sh.shard), percent, least)
	}
	return sh
}

// autoParity is the parity in percent that makes up for the loss that was seen, in steps, so that receivers
// share messages.
func (p *peer) autoParity(lossless bool) float64 {
	if p.group {
		return groupParity
	}
	here := local(p.link.address())
	p.mu.Lock()
	defer p.mu.Unlock()
	loss := p.loss.peak
	if lossless {
		loss = p.loss.mean
		if loss < 0.005 || here {
			return 0
		}
	}
	percent := 100 * loss / (1 - min(loss, 0.5))
	chance := p.s.cfg.Latency
	if !lossless && p.interval > 0 { // the receiver keeps no more unfinished frames
		chance = min(chance, openFrames*p.interval)
	}
	if !p.s.cfg.Retransmit || p.flight.roundTrip()*3/2 > chance {
		percent *= 2 // there is no second chance
	}
	return min(math.Ceil(percent/2)*2, mostParity)
}
