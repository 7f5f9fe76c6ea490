package batch

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// open opens a socket whose Read fails rather than block a test.
func open(t testing.TB, address string, opts Options) *Conn {
	t.Helper()
	c, err := Listen(t.Context(), address, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	if err := c.SetReadDeadline(time.Now().Add(30 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return c
}

// needIPv6 skips where the machine has none.
func needIPv6(t *testing.T) {
	t.Helper()
	c, err := Listen(t.Context(), "[::1]:0", Options{})
	if err != nil {
		t.Skipf("no IPv6 here: %v", err)
	}
	c.Close()
}

// datagram is what one call of a Read's function gave.
type datagram struct {
	text string
	from netip.AddrPort
}

// collect reads until count datagrams have come.
func collect(t testing.TB, c *Conn, count int) (got []datagram) {
	t.Helper()
	for len(got) < count {
		err := c.Read(func(b []byte, from netip.AddrPort, at time.Time) {
			if at.IsZero() {
				t.Error("a datagram has no time")
			}
			got = append(got, datagram{string(b), from})
		})
		if err != nil {
			t.Fatalf("%d of %d datagrams came: %v", len(got), count, err)
		}
	}
	return got
}

// quiet fails if anything has come. What was sent on this machine has come when the sending call returns.
func quiet(t *testing.T, c *Conn) {
	t.Helper()
	if err := c.SetReadDeadline(time.Now().Add(50 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	err := c.Read(func(b []byte, from netip.AddrPort, _ time.Time) { t.Errorf("%q came from %s", b, from) })
	if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error(err)
	}
}

func send(t testing.TB, c *Conn, packets []byte, segment int, to netip.AddrPort) {
	t.Helper()
	if err := c.WriteTo(packets, segment, to); err != nil {
		t.Fatal(err)
	}
}

// pattern is size bytes that tell their place.
func pattern(size int) []byte {
	var b []byte
	for i := 0; len(b) < size; i++ {
		b = fmt.Appendf(b, "%d,", i)
	}
	return b[:size]
}

// failing is a socket whose system calls for bursts fail, as where a driver lacks the offload.
type failing struct {
	socket
	real   bursts
	err    error
	count  int                  // of bursts
	plain  func(size int) error // an error of the calls for one datagram
	refuse bool                 // every other call for bursts tells of an earlier datagram instead
}

func (f *failing) write(packets []byte, segment int, to netip.AddrPort) error {
	f.count++
	err := f.err
	if f.refuse && f.count%2 == 1 {
		err = syscall.ECONNREFUSED
	}
	if err != nil {
		return &net.OpError{Op: "write", Net: "udp", Err: os.NewSyscallError("sendmsg", err)}
	}
	return f.real.write(packets, segment, to)
}

func (f *failing) WriteToUDPAddrPort(b []byte, to netip.AddrPort) (int, error) {
	if f.plain != nil {
		if err := f.plain(len(b)); err != nil {
			return 0, &net.OpError{Op: "write", Net: "udp", Err: os.NewSyscallError("sendto", err)}
		}
	}
	return f.socket.WriteToUDPAddrPort(b, to)
}
