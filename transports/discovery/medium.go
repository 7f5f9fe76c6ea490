package discovery

import (
	"net/netip"
	"slices"
)

// medium is what messages travel by: sockets, or in tests memory.
type medium interface {
	// interfaces lists those that messages can go out by, and joins the group on new ones.
	interfaces() []link
	// multicast sends a message to everybody behind an interface.
	multicast(message []byte, l link) error
	// unicast sends a message to one address.
	unicast(message []byte, to netip.AddrPort) error
	// receive hands over what comes until the medium is closed; fn may be called from several goroutines
	// and owns the data.
	receive(fn func(packet))
	close()
}

// link is a network interface.
type link struct {
	index    int
	prefixes []netip.Prefix // its own addresses, each with its network
}

// near reports whether an address is one of the interface's networks.
func (l link) near(addr netip.Addr) bool {
	addr = addr.WithZone("")
	return slices.ContainsFunc(l.prefixes, func(p netip.Prefix) bool { return p.Contains(addr) })
}

// packet is a message that came in.
type packet struct {
	data   []byte
	from   netip.AddrPort
	index  int    // of the interface; 0 where the system does not tell
	zone   string // the interface's name
	direct bool   // known to be sent to this machine alone, and so perhaps from far away
}

// mdnsPort is where multicast DNS is spoken.
const mdnsPort = 5353

// legacy reports whether a packet comes from a one-shot querier, which reads nothing but a direct answer.
func (p packet) legacy() bool { return p.from.Port() != mdnsPort }
