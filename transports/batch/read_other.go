//go:build !linux

package batch

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"syscall"
	"time"
)

// reader receives one datagram a call.
type reader struct {
	udp   socket
	bytes []byte
}

func newReader(udp socket, _ syscall.RawConn) *reader {
	return &reader{udp: udp, bytes: make([]byte, 1<<16)}
}

func (r *reader) read(fn func(packet []byte, from netip.AddrPort, at time.Time)) error {
	for {
		n, from, err := r.udp.ReadFromUDPAddrPort(r.bytes)
		if err == nil {
			fn(r.bytes[:n:n], netip.AddrPortFrom(from.Addr().Unmap(), from.Port()), time.Now())
			return nil
		}
		var errno syscall.Errno
		if errors.Is(err, net.ErrClosed) || errors.Is(err, os.ErrDeadlineExceeded) ||
			!errors.As(err, &errno) || !ofOnePeer(errno) {
			return err
		}
	}
}
