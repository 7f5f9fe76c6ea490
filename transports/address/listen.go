package address

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"syscall"
)

// mostListed bounds how many addresses a listening end lists at its start.
const mostListed = 8

// Dialable gives the addresses by which others reach a listener: its own, or where it is bound to every
// interface those of the interfaces, and last the one for programs on this machine, which says so.
// interfaces is net.InterfaceAddrs, or stands in for it.
func Dialable(bound net.Addr, interfaces func() ([]net.Addr, error)) []string {
	at, err := netip.ParseAddrPort(bound.String())
	if err != nil || !at.Addr().IsUnspecified() {
		return []string{bound.String()}
	}
	var list []string
	addrs, _ := interfaces() // without them the port alone is told
	for _, a := range addrs {
		prefix, err := netip.ParsePrefix(a.String())
		if err != nil {
			continue
		}
		ip := prefix.Addr().Unmap()
		if at.Addr().Is4() && !ip.Is4() || ip.IsLoopback() || ip.IsLinkLocalUnicast() || ip.IsMulticast() || len(list) == mostListed {
			continue
		}
		list = append(list, netip.AddrPortFrom(ip, at.Port()).String())
	}
	return append(list, net.JoinHostPort("127.0.0.1", strconv.Itoa(int(at.Port())))+" on this machine")
}

// ListenError says what to do about an address that cannot be listened on.
func ListenError(address string, err error) error {
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("listen %s: the address is in use by another program: stop it (`ss -lntup` shows which it is) or choose another port", address)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return fmt.Errorf("listen %s: this machine has no such address: `ip address` shows those it has", address)
	case errors.Is(err, syscall.EACCES):
		return fmt.Errorf("listen %s: not allowed: choose a port above 1023", address)
	}
	return fmt.Errorf("listen %s: %w", address, err)
}

// Network names what shares a limit: an IPv4 address, or the 64 bits of an IPv6 address that are one
// network's, within which a machine may have as many addresses as it likes.
func Network(a net.Addr) string {
	at, err := netip.ParseAddrPort(a.String())
	if err != nil {
		return a.String()
	}
	prefix := NetworkOf(at.Addr())
	if prefix.IsSingleIP() {
		return prefix.Addr().String()
	}
	return prefix.String()
}

// NetworkOf is Network for one who counts packets: it makes no text.
func NetworkOf(ip netip.Addr) netip.Prefix {
	ip = ip.Unmap()
	bits := ip.BitLen()
	if ip.Is6() && !ip.IsLoopback() {
		bits = 64
	}
	prefix, _ := ip.Prefix(bits) // they fit
	return prefix
}
