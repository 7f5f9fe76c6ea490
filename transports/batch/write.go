package batch

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"syscall"
)

const (
	// maxSegments is how many datagrams the kernel cuts from one buffer (UDP_MAX_SEGMENTS before Linux 6.9).
	maxSegments = 64
	// maxBurst is how many bytes a buffer holds: an IPv4 or IPv6 packet, less its headers, with some room.
	maxBurst = 65000
	// attempts is how often a call is made that gives ECONNREFUSED: the error of an earlier datagram to
	// anybody, which an ICMP message told since then and which comes up in place of sending (udp(7)).
	attempts = 3
)

// bursts sends one buffer as datagrams of equal size. Any number of goroutines may call it.
type bursts interface {
	// write sends at most maxBurst bytes, cut every segment bytes; the last datagram may be shorter. Either all
	// are sent or none.
	write(packets []byte, segment int, to netip.AddrPort) error
}

// TooLargeError says that datagrams do not fit the way to a peer and were not sent (EMSGSIZE). PathMTU
// tells what would fit.
type TooLargeError struct {
	Size int // bytes of a datagram, without IP and UDP headers
	To   netip.AddrPort
}

// Error implements error.
func (e *TooLargeError) Error() string {
	return fmt.Sprintf("datagrams of %d bytes do not fit the way to %s: make them smaller (mtu)", e.Size, e.To)
}

// WriteTo implements PacketConn.
func (c *Conn) WriteTo(packets []byte, segment int, to netip.AddrPort) error {
	if segment <= 0 || segment >= len(packets) {
		return c.write(packets, to)
	}
	burst := min(maxSegments, max(1, maxBurst/segment)) * segment
	var first error
	for len(packets) > 0 {
		n := min(burst, len(packets))
		if err := c.writeBurst(packets[:n], segment, to); err != nil {
			if first == nil {
				first = err
			}
			if hopeless(err) {
				break
			}
		}
		packets = packets[n:]
	}
	return first
}

// hopeless tells whether what follows would fail too.
func hopeless(err error) bool {
	var large *TooLargeError
	return errors.Is(err, net.ErrClosed) || errors.As(err, &large)
}

// writeBurst sends what fits one system call.
func (c *Conn) writeBurst(packets []byte, segment int, to netip.AddrPort) error {
	if len(packets) <= segment || !c.offload.Load() {
		return c.writeEach(packets, segment, to)
	}
	var err error
	for range attempts {
		if err = c.bursts.write(packets, segment, to); !errors.Is(err, syscall.ECONNREFUSED) {
			break
		}
	}
	if err == nil || !blamesOffload(err) {
		return tell(err, segment, to)
	}
	// Nothing of it was sent. When the same datagrams pass one by one the offload is at fault: the device's
	// driver cannot do it (EIO), or the kernel's idea of the way differs (EINVAL, EMSGSIZE).
	if failed := c.writeEach(packets, segment, to); failed != nil {
		return failed
	}
	c.giveUp(err)
	return nil
}

// giveUp remembers that segmentation offload does not work.
func (c *Conn) giveUp(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.offload.Swap(false) {
		c.reason = err
	}
}

// writeEach sends datagrams one by one.
func (c *Conn) writeEach(packets []byte, segment int, to netip.AddrPort) error {
	var first error
	for len(packets) > 0 {
		n := min(segment, len(packets))
		if err := c.write(packets[:n], to); err != nil {
			if first == nil {
				first = err
			}
			if hopeless(err) {
				break
			}
		}
		packets = packets[n:]
	}
	return first
}

// write sends one datagram.
func (c *Conn) write(packet []byte, to netip.AddrPort) error {
	var err error
	for range attempts {
		if _, err = c.udp.WriteToUDPAddrPort(packet, to); !errors.Is(err, syscall.ECONNREFUSED) {
			break
		}
	}
	return tell(err, len(packet), to)
}

// tell names the size where that is the reason.
func tell(err error, size int, to netip.AddrPort) error {
	if errors.Is(err, tooLarge) {
		return &TooLargeError{Size: size, To: to}
	}
	return err
}
