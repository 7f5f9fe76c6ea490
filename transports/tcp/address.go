package tcp

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"syscall"
)

// maxAddresses bounds how many addresses a listening end lists at its start.
const maxAddresses = 8

// dialable gives the addresses by which others reach a listener: its own, or where it is bound to every
// interface those of the interfaces, and last the one for programs on this machine, which says so.
func dialable(bound net.Addr, interfaces func() ([]net.Addr, error)) []string {
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
		if at.Addr().Is4() && !ip.Is4() || ip.IsLoopback() || ip.IsLinkLocalUnicast() || ip.IsMulticast() || len(list) == maxAddresses {
			continue
		}
		list = append(list, netip.AddrPortFrom(ip, at.Port()).String())
	}
	return append(list, net.JoinHostPort("127.0.0.1", strconv.Itoa(int(at.Port())))+" on this machine")
}

// listenError says what to do about an address that cannot be listened on.
func listenError(address string, err error) error {
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("listen %s: the address is in use by another program: stop it (`ss -ltnp` shows which it is) or choose another port", address)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return fmt.Errorf("listen %s: this machine has no such address: `ip address` shows those it has", address)
	case errors.Is(err, syscall.EACCES):
		return fmt.Errorf("listen %s: not allowed: choose a port above 1023", address)
	}
	return fmt.Errorf("listen %s: %w", address, err)
}

// isSelf reports whether a connection to a port of this machine that nobody listens on got hold of
// itself, which TCP allows when the system happens to choose that port for our own end.
func isSelf(conn net.Conn) bool {
	return conn.LocalAddr().String() == conn.RemoteAddr().String() && conn.LocalAddr().Network() == "tcp"
}

// receivers counts them in words.
func receivers(n int) string {
	if n == 1 {
		return "1 receiver"
	}
	return fmt.Sprintf("%d receivers", n)
}
