package batch

import (
	"errors"
	"net"
	"net/netip"
	"syscall"
	"testing"
)

// broken makes a socket whose system calls fail as f says.
func broken(t *testing.T, f *failing) *Conn {
	t.Helper()
	udp, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.MustParseAddrPort("127.0.0.1:0")))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { udp.Close() })
	f.socket = udp
	c, err := newConn(f, Options{})
	if err != nil {
		t.Fatal(err)
	}
	f.real, c.bursts = c.bursts, f
	c.offload.Store(true)
	return c
}

func TestOffloadThatFailsIsReplacedAndRemembered(t *testing.T) {
	for _, errno := range []syscall.Errno{syscall.EIO, syscall.EINVAL, syscall.EMSGSIZE, syscall.EOPNOTSUPP} {
		t.Run(errno.Error(), func(t *testing.T) {
			f := &failing{err: errno}
			c, to := broken(t, f), open(t, "127.0.0.1:0", Options{})
			for range 3 {
				send(t, c, pattern(3000), 1372, to.LocalAddr())
				if got := collect(t, to, 3); len(got[2].text) != 256 {
					t.Errorf("the last has %d bytes", len(got[2].text))
				}
			}
			if f.count != 1 {
				t.Errorf("the offload was tried %d times, want once", f.count)
			}
			if got := c.Offload(); got.Send || !errors.Is(got.Reason, errno) {
				t.Errorf("told %+v", got)
			}
		})
	}
}

func TestOffloadIsNotBlamedForWhatFailsWithoutItToo(t *testing.T) {
	to := netip.MustParseAddrPort("127.0.0.1:9")
	for _, test := range []struct {
		name         string
		burst, plain syscall.Errno
	}{
		{"the way is too narrow", syscall.EMSGSIZE, syscall.EMSGSIZE},
		{"an older kernel says so otherwise", syscall.EINVAL, syscall.EMSGSIZE},
		{"a filter forbids it", syscall.EPERM, syscall.EPERM},
		{"the network is down", syscall.EINVAL, syscall.ENETUNREACH},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := &failing{err: test.burst, plain: func(int) error { return test.plain }}
			c := broken(t, f)
			err := c.WriteTo(pattern(3000), 1372, to)
			var large *TooLargeError
			switch {
			case test.plain == syscall.EMSGSIZE:
				if !errors.As(err, &large) || large.Size != 1372 || large.To != to {
					t.Errorf("the error is %v", err)
				}
			case !errors.Is(err, test.plain):
				t.Errorf("the error is %v", err)
			}
			if got := c.Offload(); !got.Send || got.Reason != nil {
				t.Errorf("the offload was given up: %+v", got)
			}
		})
	}
}

func TestOneLostDatagramDoesNotTakeTheOthersAlong(t *testing.T) {
	sent := 0
	f := &failing{err: syscall.EIO, plain: func(int) error {
		if sent++; sent == 2 {
			return syscall.ENOBUFS
		}
		return nil
	}}
	c, to := broken(t, f), open(t, "127.0.0.1:0", Options{})
	if err := c.WriteTo(pattern(4000), 1000, to.LocalAddr()); !errors.Is(err, syscall.ENOBUFS) {
		t.Errorf("the error is %v", err)
	}
	collect(t, to, 3)
	quiet(t, to)
}

func TestWhatOnePeerRefusedDoesNotHinderAnother(t *testing.T) {
	refused := 0
	for name, f := range map[string]*failing{
		"bursts": {refuse: true},
		"packets": {err: syscall.EIO, plain: func(int) error {
			if refused++; refused%2 == 1 {
				return syscall.ECONNREFUSED
			}
			return nil
		}},
	} {
		t.Run(name, func(t *testing.T) {
			c, to := broken(t, f), open(t, "127.0.0.1:0", Options{})
			for range 2 {
				send(t, c, pattern(4000), 1000, to.LocalAddr())
				collect(t, to, 4)
			}
			quiet(t, to)
		})
	}
}

func TestTooLargeErrorSaysWhatToDo(t *testing.T) {
	err := &TooLargeError{Size: 1372, To: netip.MustParseAddrPort("192.0.2.1:5000")}
	want := "datagrams of 1372 bytes do not fit the way to 192.0.2.1:5000: make them smaller (mtu)"
	if err.Error() != want {
		t.Errorf("it says %q, want %q", err, want)
	}
}

func TestAddressThatDoesNotGoWithTheSocket(t *testing.T) {
	c := open(t, "127.0.0.1:0", Options{})
	for _, to := range []netip.AddrPort{{}, netip.MustParseAddrPort("[::1]:9")} {
		if err := c.WriteTo(pattern(3000), 1372, to); err == nil {
			t.Errorf("a burst to %s gives no error", to)
		}
	}
}
