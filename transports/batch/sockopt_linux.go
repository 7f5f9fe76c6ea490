package batch

import (
	"errors"
	"syscall"

	"golang.org/x/sys/unix"
)

// tooLarge is the error for a datagram that does not fit.
const tooLarge = unix.EMSGSIZE

// share lets other sockets have the port too. On Linux each of them gets what is sent to a group.
func share(raw syscall.RawConn) error {
	var err error
	failed := raw.Control(func(fd uintptr) {
		err = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_REUSEADDR, 1)
	})
	return errors.Join(failed, err)
}

// grow asks for large buffers. Only a privileged process gets more than net.core.rmem_max and wmem_max.
func grow(udp socket, raw syscall.RawConn, opts Options) Buffers {
	var got Buffers
	_ = raw.Control(func(fd uintptr) {
		got.Read = growOne(int(fd), unix.SO_RCVBUFFORCE, unix.SO_RCVBUF, wanted(opts.ReadBuffer))
		got.Write = growOne(int(fd), unix.SO_SNDBUFFORCE, unix.SO_SNDBUF, wanted(opts.WriteBuffer))
	})
	return got
}

func growOne(fd, force, plain, bytes int) int {
	if unix.SetsockoptInt(fd, unix.SOL_SOCKET, force, bytes) != nil {
		_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, plain, bytes) // what was granted is asked for next
	}
	n, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, plain)
	if err != nil {
		return 0
	}
	return n / 2 // the kernel doubles it, for its own bookkeeping (socket(7))
}

// keepWhole has datagrams sent that no router cuts: a part lost would be the whole lost, and a wrong mtu
// would never be noticed. Those too large for the interface give EMSGSIZE. What ICMP says of the way beyond it
// is not believed (IP_PMTUDISC_PROBE, ip(7)): whoever knows the two addresses can make that up.
func keepWhole(raw syscall.RawConn) {
	_ = raw.Control(func(fd uintptr) { // a socket of one family refuses the other's option
		_ = unix.SetsockoptInt(int(fd), unix.IPPROTO_IP, unix.IP_MTU_DISCOVER, unix.IP_PMTUDISC_PROBE)
		_ = unix.SetsockoptInt(int(fd), unix.IPPROTO_IPV6, unix.IPV6_MTU_DISCOVER, unix.IPV6_PMTUDISC_PROBE)
	})
}

// offloads tells whether the kernel can cut what is sent, and has it join what is received.
func offloads(raw syscall.RawConn) (send, receive bool) {
	_ = raw.Control(func(fd uintptr) {
		_, err := unix.GetsockoptInt(int(fd), unix.SOL_UDP, unix.UDP_SEGMENT)
		send = err == nil
		receive = unix.SetsockoptInt(int(fd), unix.SOL_UDP, unix.UDP_GRO, 1) == nil
	})
	return send, receive
}

// ownGroupsOnly keeps a socket from receiving groups that other programs on this machine joined, which is the
// kernel's default for a shared port (IP_MULTICAST_ALL, ip(7)).
func ownGroupsOnly(raw syscall.RawConn) {
	_ = raw.Control(func(fd uintptr) {
		_ = unix.SetsockoptInt(int(fd), unix.IPPROTO_IP, unix.IP_MULTICAST_ALL, 0)
		_ = unix.SetsockoptInt(int(fd), unix.IPPROTO_IPV6, unix.IPV6_MULTICAST_ALL, 0)
	})
}

// blamesOffload tells whether an error may be that of segmentation offload rather than of the way.
func blamesOffload(err error) bool {
	return errors.Is(err, unix.EIO) || errors.Is(err, unix.EINVAL) || errors.Is(err, unix.EMSGSIZE) ||
		errors.Is(err, unix.EOPNOTSUPP)
}
