package batch

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// DefaultBuffer is how many bytes of datagrams the kernel is asked to keep for either direction.
const DefaultBuffer = 4 << 20

// Options say how a socket is opened. The zero value is right for peers on a network.
type Options struct {
	// ReadBuffer is how many bytes of datagrams the kernel keeps until they are read; 0 is DefaultBuffer.
	ReadBuffer int
	// WriteBuffer is how many bytes of datagrams wait for the network card; 0 is DefaultBuffer.
	WriteBuffer int
	// Shared lets several programs on this machine bind the port, as the receivers of a multicast group
	// must.
	Shared bool
	// NoOffload moves every datagram for itself, as on a system without offload.
	NoOffload bool
}

// Offload tells what the kernel does for a socket at this moment.
type Offload struct {
	// Send is segmentation offload: a burst is cut behind the system call (UDP_SEGMENT, udp(7)).
	Send bool
	// Receive is the opposite: what arrived together is read together (UDP_GRO, udp(7)).
	Receive bool
	// Reason is why Send was given up after it had been there, or nil.
	Reason error
}

// Buffers are the bytes that the kernel granted. Less than was asked for means that short bursts are lost on
// a busy machine; on Linux net.core.rmem_max and net.core.wmem_max are the limits.
type Buffers struct {
	Read  int
	Write int
}

func wanted(bytes int) int {
	if bytes <= 0 {
		return DefaultBuffer
	}
	return bytes
}

// Conn is a UDP socket.
type Conn struct {
	udp     socket
	local   netip.AddrPort
	reader  *reader
	bursts  bursts
	buffers Buffers

	offload atomic.Bool // of sending
	receive bool        // offload of receiving
	mu      sync.Mutex
	reason  error
	once    sync.Once
	closed  error
}

// socket is the part of *net.UDPConn that Conn uses, which tests replace by one that fails.
type socket interface {
	net.PacketConn
	syscall.Conn
	ReadFromUDPAddrPort(b []byte) (int, netip.AddrPort, error)
	WriteToUDPAddrPort(b []byte, to netip.AddrPort) (int, error)
	SetReadBuffer(bytes int) error
	SetWriteBuffer(bytes int) error
}

var _ socket = (*net.UDPConn)(nil)

// Listen opens a socket at HOST:PORT; port 0 takes a free one. Without a host, and with [::], it is both IPv4
// and IPv6 where the system has both. It returns at once.
func Listen(ctx context.Context, address string, opts Options) (*Conn, error) {
	config := net.ListenConfig{Control: func(_, _ string, raw syscall.RawConn) error {
		if !opts.Shared {
			return nil
		}
		return share(raw)
	}}
	pc, err := config.ListenPacket(ctx, family(address), address)
	if err != nil {
		return nil, err
	}
	c, err := newConn(pc.(*net.UDPConn), opts)
	if err != nil {
		pc.Close()
		return nil, fmt.Errorf("listen %s: %w", address, err)
	}
	return c, nil
}

// family keeps 0.0.0.0 from meaning IPv6 too, which it does for package net.
func family(address string) string {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return "udp"
	}
	if ip, err := netip.ParseAddr(host); err == nil && ip.Is4() {
		return "udp4"
	}
	return "udp"
}

func newConn(udp socket, opts Options) (*Conn, error) {
	local := udp.LocalAddr().(*net.UDPAddr).AddrPort()
	c := &Conn{udp: udp, local: netip.AddrPortFrom(local.Addr().Unmap(), local.Port())}
	raw, err := udp.SyscallConn()
	if err != nil {
		return nil, err
	}
	c.buffers = grow(udp, raw, opts)
	keepWhole(raw)
	if !opts.NoOffload {
		var send bool
		send, c.receive = offloads(raw)
		c.offload.Store(send)
	}
	c.reader, c.bursts = newReader(udp, raw), newBursts(udp, raw)
	return c, nil
}

// Offload tells what the kernel does for this socket at this moment.
func (c *Conn) Offload() Offload {
	c.mu.Lock()
	defer c.mu.Unlock()
	return Offload{Send: c.offload.Load(), Receive: c.receive, Reason: c.reason}
}

// Buffers tells what the kernel granted.
func (c *Conn) Buffers() Buffers { return c.buffers }

// Read implements PacketConn.
func (c *Conn) Read(fn func(packet []byte, from netip.AddrPort, at time.Time)) error {
	return c.reader.read(fn)
}

// SetReadDeadline implements PacketConn.
func (c *Conn) SetReadDeadline(t time.Time) error { return c.udp.SetReadDeadline(t) }

// LocalAddr implements PacketConn.
func (c *Conn) LocalAddr() netip.AddrPort { return c.local }

// Close implements PacketConn.
func (c *Conn) Close() error {
	c.once.Do(func() { c.closed = c.udp.Close() })
	return c.closed
}
