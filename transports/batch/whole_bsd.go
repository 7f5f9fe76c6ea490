//go:build darwin || freebsd

package batch

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// keepWhole has datagrams sent that no router cuts: a part lost would be the whole lost, and a wrong mtu
// would never be noticed.
func keepWhole(raw syscall.RawConn) {
	_ = raw.Control(func(fd uintptr) { // a socket of one family refuses the other's option
		_ = unix.SetsockoptInt(int(fd), unix.IPPROTO_IP, unix.IP_DONTFRAG, 1)
		_ = unix.SetsockoptInt(int(fd), unix.IPPROTO_IPV6, unix.IPV6_DONTFRAG, 1)
	})
}
