package udp

import (
	"net/netip"
	"time"

	"framewire/transports/address"
)

const (
	// mostVain is how many initiations that come to nothing are read in a second: each takes about 25 us, in
	// the goroutine that also hears the receivers.
	mostVain = 2000
	// mostVainOfOne is how many of them may come from one network.
	mostVainOfOne = 200
	// knownDoors bounds the networks that are counted; what comes from further ones counts as one more.
	knownDoors = 1024
)

// doorkeeper keeps a flood of initiations from taking the time of those who are in. The hub's reading
// goroutine uses it.
type doorkeeper struct {
	second time.Time // when counting began
	vain   int
	of     map[netip.Prefix]int
}

// shut reports whether nothing more is read from there for now.
func (d *doorkeeper) shut(from netip.Addr, now time.Time) bool {
	if now.Sub(d.second) >= time.Second {
		d.second, d.vain = now, 0
		clear(d.of)
	}
	return d.vain >= mostVain || d.of[address.NetworkOf(from)] >= mostVainOfOne
}

// failed counts an initiation that came to nothing.
func (d *doorkeeper) failed(from netip.Addr) {
	d.vain++
	if d.of == nil {
		d.of = make(map[netip.Prefix]int)
	}
	at := address.NetworkOf(from)
	if _, known := d.of[at]; !known && len(d.of) >= knownDoors {
		at = netip.Prefix{}
	}
	d.of[at]++
}
