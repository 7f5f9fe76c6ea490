package batch

import (
	"fmt"
	"net"
	"net/netip"
	"os"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	// slots is how many messages one system call takes. Each may be many datagrams that the kernel joined.
	slots = 16
	// slotSize holds the largest message.
	slotSize = 1 << 16
)

// reader receives by recvmmsg(2). The system call is made here and not by golang.org/x/net, which allocates an
// address for every message. It never blocks, and so Go's scheduler is not told of it, as in burstWriter.
type reader struct {
	raw     syscall.RawConn
	receive func(fd uintptr) bool // a method value, which made anew would be allocated for each call
	count   int
	failed  syscall.Errno
	zones   map[uint32]string

	messages [slots]message
	vectors  [slots]unix.Iovec
	names    [slots]unix.RawSockaddrInet6
	controls [slots]control
	bytes    []byte
}

// message is struct mmsghdr.
type message struct {
	header unix.Msghdr
	length uint32
}

func newReader(_ socket, raw syscall.RawConn) *reader {
	r := &reader{raw: raw, zones: map[uint32]string{}, bytes: make([]byte, slots*slotSize)}
	r.receive = r.receiveNow
	for i := range r.messages {
		v, h := &r.vectors[i], &r.messages[i].header
		v.Base = &r.bytes[i*slotSize]
		v.SetLen(slotSize)
		h.Iov = v
		h.SetIovlen(1)
		h.Name = (*byte)(unsafe.Pointer(&r.names[i]))
		h.Control = (*byte)(unsafe.Pointer(&r.controls[i]))
	}
	return r
}

// receiveNow takes what is there, and tells whether there was anything.
func (r *reader) receiveNow(fd uintptr) bool {
	for i := range r.messages {
		h := &r.messages[i].header
		h.Namelen = uint32(unsafe.Sizeof(r.names[i]))
		h.SetControllen(int(unsafe.Sizeof(r.controls[i])))
	}
	for {
		n, _, errno := unix.RawSyscall6(unix.SYS_RECVMMSG, fd, uintptr(unsafe.Pointer(&r.messages[0])), slots,
			unix.MSG_DONTWAIT, 0, 0)
		switch errno {
		case unix.EINTR:
			continue
		case unix.EAGAIN:
			return false
		}
		r.count, r.failed = int(n), errno
		return true
	}
}

func (r *reader) read(fn func(packet []byte, from netip.AddrPort, at time.Time)) error {
	for {
		if err := r.raw.Read(r.receive); err != nil {
			return err
		}
		if r.failed == 0 {
			break
		}
		if !ofOnePeer(r.failed) {
			return fmt.Errorf("read: %w", os.NewSyscallError("recvmmsg", r.failed))
		}
	}
	at := time.Now()
	for i := range r.messages[:r.count] {
		m := &r.messages[i]
		if m.header.Flags&(unix.MSG_TRUNC|unix.MSG_CTRUNC) != 0 {
			continue // it is not what was sent
		}
		packets := r.bytes[i*slotSize:][:m.length]
		from, ok := r.address(&r.names[i])
		if !ok {
			continue
		}
		size := r.controls[i].joined(int(m.header.Controllen))
		if size <= 0 || size > len(packets) {
			size = len(packets)
		}
		for first := true; first || len(packets) > 0; first = false {
			n := min(size, len(packets))
			fn(packets[:n:n], from, at)
			packets = packets[n:]
		}
	}
	return nil
}

// ofOnePeer tells whether an error is an ICMP message about something that was sent before, which the
// kernel may report here and which does not concern the socket.
func ofOnePeer(err syscall.Errno) bool {
	switch err {
	case unix.ECONNREFUSED, unix.EHOSTUNREACH, unix.ENETUNREACH, unix.EHOSTDOWN, unix.EMSGSIZE, unix.EPROTO,
		unix.ENOPROTOOPT, unix.EACCES, unix.EOPNOTSUPP:
		return true
	}
	return false
}

// address reads a sockaddr of either family.
func (r *reader) address(name *unix.RawSockaddrInet6) (netip.AddrPort, bool) {
	switch name.Family {
	case unix.AF_INET:
		four := (*unix.RawSockaddrInet4)(unsafe.Pointer(name))
		return netip.AddrPortFrom(netip.AddrFrom4(four.Addr), port(four.Port)), true
	case unix.AF_INET6:
		ip := netip.AddrFrom16(name.Addr).Unmap()
		if name.Scope_id != 0 && ip.Is6() {
			ip = ip.WithZone(r.zone(name.Scope_id))
		}
		return netip.AddrPortFrom(ip, port(name.Port)), true
	}
	return netip.AddrPort{}, false
}

// port turns a number between this machine's and the network's order.
func port(p uint16) uint16 {
	b := (*[2]byte)(unsafe.Pointer(&p))
	return uint16(b[0])<<8 | uint16(b[1])
}

// zone is the name of the interface of a link-local address. There are as many as interfaces.
func (r *reader) zone(index uint32) string {
	if name, ok := r.zones[index]; ok {
		return name
	}
	name := fmt.Sprint(index)
	if iface, err := net.InterfaceByIndex(int(index)); err == nil {
		name = iface.Name
	}
	r.zones[index] = name
	return name
}
