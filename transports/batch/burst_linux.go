package batch

import (
	"net"
	"net/netip"
	"os"
	"strconv"
	"sync"
	"syscall"
	"unsafe"

	"framewire/transports/internal/spare"

	"golang.org/x/sys/unix"
)

// burstWriter sends by sendmsg(2) what the kernel cuts into datagrams (UDP_SEGMENT, udp(7)).
//
// The call never blocks, and so it is made without telling Go's scheduler of it: that would take the processor
// away from a call of more than 20 us, which one for 64 KB is, and wake another thread for it.
type burstWriter struct {
	raw syscall.RawConn
	six bool // the socket takes IPv6 addresses, and those of IPv4 mapped

	calls spare.List[*call]

	mu    sync.Mutex
	zones map[string]uint32 // numbers of interfaces by name; there are as many as interfaces
}

func newBursts(_ socket, raw syscall.RawConn) bursts {
	w := &burstWriter{raw: raw, zones: map[string]uint32{}}
	_ = raw.Control(func(fd uintptr) {
		domain, _ := unix.GetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_DOMAIN)
		w.six = domain == unix.AF_INET6
	})
	return w
}

func (w *burstWriter) write(packets []byte, segment int, to netip.AddrPort) error {
	c, ok := w.calls.Take()
	if !ok {
		c = newCall()
	}
	defer w.calls.Put(c, 0)
	if !w.address(c, to) {
		return &net.AddrError{Err: "address does not go with the socket", Addr: to.String()}
	}
	c.header.SetControllen(len(c.control.segment(segment)))
	c.vector.Base = &packets[0]
	c.vector.SetLen(len(packets))
	err := w.raw.Write(c.send)
	c.vector.Base = nil
	if err == nil && c.failed != 0 {
		err = os.NewSyscallError("sendmsg", c.failed)
	}
	return err
}

// call is what one system call needs, apart from the bytes.
type call struct {
	header  unix.Msghdr
	vector  unix.Iovec
	name    unix.RawSockaddrInet6
	control control
	send    func(fd uintptr) bool // a method value, which made anew would be allocated for each call
	failed  syscall.Errno
}

func newCall() *call {
	c := new(call)
	c.header.Name = (*byte)(unsafe.Pointer(&c.name))
	c.header.Iov = &c.vector
	c.header.SetIovlen(1)
	c.header.Control = (*byte)(unsafe.Pointer(&c.control))
	c.send = c.sendNow
	return c
}

// sendNow tells whether there was room for the bytes, or an error.
func (c *call) sendNow(fd uintptr) bool {
	for {
		_, _, errno := unix.RawSyscall(unix.SYS_SENDMSG, fd, uintptr(unsafe.Pointer(&c.header)),
			unix.MSG_DONTWAIT|unix.MSG_NOSIGNAL)
		switch errno {
		case unix.EINTR:
			continue
		case unix.EAGAIN:
			return false
		}
		c.failed = errno
		return true
	}
}

// address fills in a sockaddr of the socket's family, if there is one for that address.
func (w *burstWriter) address(c *call, to netip.AddrPort) bool {
	ip := to.Addr().Unmap()
	switch {
	case !ip.IsValid():
		return false
	case w.six:
		c.name = unix.RawSockaddrInet6{Family: unix.AF_INET6, Port: port(to.Port()), Addr: ip.As16()}
		if zone := ip.Zone(); zone != "" {
			c.name.Scope_id = w.zone(zone)
		}
		c.header.Namelen = unix.SizeofSockaddrInet6
		return true
	case ip.Is4():
		four := (*unix.RawSockaddrInet4)(unsafe.Pointer(&c.name))
		*four = unix.RawSockaddrInet4{Family: unix.AF_INET, Port: port(to.Port()), Addr: ip.As4()}
		c.header.Namelen = unix.SizeofSockaddrInet4
		return true
	}
	return false
}

// zone is the number of the interface of a link-local address, or 0, which the kernel refuses.
func (w *burstWriter) zone(name string) uint32 {
	w.mu.Lock()
	defer w.mu.Unlock()
	if known, ok := w.zones[name]; ok {
		return known
	}
	number, err := strconv.ParseUint(name, 10, 32)
	if iface, found := net.InterfaceByName(name); found == nil {
		number, err = uint64(iface.Index), nil
	}
	if err == nil {
		w.zones[name] = uint32(number)
	}
	return uint32(number)
}
