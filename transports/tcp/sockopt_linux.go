package tcp

import (
	"net"

	"golang.org/x/sys/unix"
)

// notSentLimit is how many bytes of a live stream may lie in the kernel without having been sent. What is
// there cannot be replaced by a newer frame any more.
const notSentLimit = 256 << 10

// unacknowledgedKnown tells whether unacknowledged can know.
const unacknowledgedKnown = true

// unacknowledged counts the bytes that the kernel has taken and the other machine has not confirmed
// (SIOCOUTQ, tcp(7)). Where it cannot be known it is 0.
func unacknowledged(conn net.Conn) int {
	tcp, ok := below(conn).(*net.TCPConn)
	if !ok {
		return 0
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return 0
	}
	n := 0
	_ = raw.Control(func(fd uintptr) {
		n, _ = unix.IoctlGetInt(int(fd), unix.SIOCOUTQ) // 0 with an error
	})
	return n
}

// boundUnsent keeps a slow network from collecting old frames in the kernel's send buffer
// (TCP_NOTSENT_LOWAT, tcp(7)). Where it fails latency under load is larger and nothing else.
func boundUnsent(conn net.Conn) {
	tcp, ok := below(conn).(*net.TCPConn)
	if !ok {
		return
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return
	}
	_ = raw.Control(func(fd uintptr) {
		_ = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_NOTSENT_LOWAT, notSentLimit)
	})
}
