package batch

import (
	"net"
	"net/netip"

	"golang.org/x/sys/unix"
)

// PathMTU is the largest IP packet, in bytes, that the system believes to fit the way to a peer: that of the
// interface, or less after a router said so. It is 0 where that is not known. It is for an error's hint and
// not for every packet: it opens a socket, which sends nothing.
func PathMTU(to netip.AddrPort) int {
	conn, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(to))
	if err != nil {
		return 0
	}
	defer conn.Close()
	raw, err := conn.SyscallConn()
	if err != nil {
		return 0
	}
	mtu := 0
	_ = raw.Control(func(fd uintptr) {
		if to.Addr().Unmap().Is4() {
			mtu, _ = unix.GetsockoptInt(int(fd), unix.IPPROTO_IP, unix.IP_MTU) // 0 with an error
		} else {
			mtu, _ = unix.GetsockoptInt(int(fd), unix.IPPROTO_IPV6, unix.IPV6_MTU)
		}
	})
	return mtu
}
