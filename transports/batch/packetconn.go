package batch

import (
	"net"
	"net/netip"
	"time"
)

// PacketConn is what a transport uses of a socket, so that its tests can put a simulated network in its
// place.
type PacketConn interface {
	// Read waits for datagrams and calls fn for each that has come, in the order of arrival. The bytes
	// belong to fn until it returns, and it may change them; from is unmapped; at is when they were read.
	// Only one goroutine may read at a time.
	//
	// It returns nil after one batch. Otherwise the error wraps os.ErrDeadlineExceeded (of
	// SetReadDeadline; the socket is usable) or net.ErrClosed; with any other error the socket is lost.
	// Errors that concern one peer, such as an ICMP message that nobody listens there, are no errors of
	// Read.
	Read(fn func(packet []byte, from netip.AddrPort, at time.Time)) error
	// WriteTo sends the bytes of packets as datagrams of segment bytes each; the last may be shorter. A
	// segment of 0 sends one datagram. Any number of goroutines may write, and the bytes are the
	// caller's again when it returns. An error wraps net.ErrClosed, or is a *TooLargeError; any other
	// concerns datagrams of this call only, which are lost as they may be on the network.
	WriteTo(packets []byte, segment int, to netip.AddrPort) error
	// SetReadDeadline bounds a Read that waits and all later ones. The zero time means none.
	SetReadDeadline(t time.Time) error
	// Close ends the socket and a Read that waits. Only the first call does anything.
	Close() error
	// LocalAddr is where the socket is bound, unmapped.
	LocalAddr() netip.AddrPort
}

// Multicaster is a PacketConn that can also send to and receive from multicast groups.
type Multicaster interface {
	PacketConn
	// JoinGroup receives what is sent to a group from now on. With a valid source only what comes from
	// there (RFC 4607). A nil interface leaves the choice to the system's routes.
	JoinGroup(group, source netip.Addr, iface *net.Interface) error
	// SetMulticastTTL sets through how many routers what is sent to a group may go, from 1, which keeps it in
	// the local network and is the default, to 255.
	SetMulticastTTL(ttl int) error
	// SetMulticastInterface chooses where datagrams to a group leave. Without it the system's routes do.
	SetMulticastInterface(iface *net.Interface) error
}

var _ Multicaster = (*Conn)(nil)
