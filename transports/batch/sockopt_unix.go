//go:build unix && !linux

package batch

import (
	"errors"
	"syscall"

	"golang.org/x/sys/unix"
)

// tooLarge is the error for a datagram that does not fit.
const tooLarge = unix.EMSGSIZE

// share lets other sockets have the port too. The BSD family wants SO_REUSEPORT for groups.
func share(raw syscall.RawConn) error {
	var err error
	failed := raw.Control(func(fd uintptr) {
		if err = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_REUSEADDR, 1); err == nil {
			err = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_REUSEPORT, 1)
		}
	})
	return errors.Join(failed, err)
}

// ofOnePeer tells whether an error is an ICMP message about something that was sent before.
func ofOnePeer(err syscall.Errno) bool {
	return err == unix.ECONNREFUSED || err == unix.EHOSTUNREACH || err == unix.ENETUNREACH
}
