package batch

import (
	"errors"
	"syscall"

	"golang.org/x/sys/windows"
)

// tooLarge is the error for a datagram that does not fit.
const tooLarge = windows.WSAEMSGSIZE

// share lets other sockets have the port too.
func share(raw syscall.RawConn) error {
	var err error
	failed := raw.Control(func(fd uintptr) {
		err = windows.SetsockoptInt(windows.Handle(fd), windows.SOL_SOCKET, windows.SO_REUSEADDR, 1)
	})
	return errors.Join(failed, err)
}

// ofOnePeer tells whether an error is an ICMP message about something that was sent before, which Windows
// reports here, or a datagram that was too large.
func ofOnePeer(err syscall.Errno) bool {
	return err == windows.WSAECONNRESET || err == windows.WSAENETRESET || err == windows.WSAEMSGSIZE
}

// dontFragment is IP_DONTFRAGMENT and IPV6_DONTFRAG of ws2ipdef.h.
const dontFragment = 14

// keepWhole has datagrams sent that no router cuts: a part lost would be the whole lost, and a wrong mtu
// would never be noticed.
func keepWhole(raw syscall.RawConn) {
	_ = raw.Control(func(fd uintptr) { // a socket of one family refuses the other's option
		_ = windows.SetsockoptInt(windows.Handle(fd), windows.IPPROTO_IP, dontFragment, 1)
		_ = windows.SetsockoptInt(windows.Handle(fd), windows.IPPROTO_IPV6, dontFragment, 1)
	})
}
