package batch

import (
	"errors"
	"net"
	"net/netip"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestKernelHasOffload(t *testing.T) {
	c := open(t, "127.0.0.1:0", Options{})
	if got := c.Offload(); !got.Send || !got.Receive {
		var name unix.Utsname
		_ = unix.Uname(&name)
		t.Skipf("Linux %s has %+v", unix.ByteSliceToString(name.Release[:]), got)
	}
	if got := open(t, "127.0.0.1:0", Options{NoOffload: true}).Offload(); got.Send || got.Receive {
		t.Errorf("with NoOffload there is %+v", got)
	}
}

// TestErrorsOfPeersDoNotEndTheSocket has the kernel report ICMP messages here, as it does on some systems always.
func TestErrorsOfPeersDoNotEndTheSocket(t *testing.T) {
	c, peer := open(t, "127.0.0.1:0", Options{}), open(t, "127.0.0.1:0", Options{})
	raw, err := c.udp.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	pending := func() (errno int) { // asking also clears it
		for range 1000 { // the message comes at once as a rule
			_ = raw.Control(func(fd uintptr) { errno, _ = unix.GetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_ERROR) })
			if errno != 0 {
				break
			}
			<-time.After(time.Millisecond)
		}
		return errno
	}
	_ = raw.Control(func(fd uintptr) { err = unix.SetsockoptInt(int(fd), unix.IPPROTO_IP, unix.IP_RECVERR, 1) })
	if err != nil {
		t.Fatal(err)
	}
	gone := open(t, "127.0.0.1:0", Options{})
	nobody := gone.LocalAddr()
	gone.Close()

	send(t, c, []byte("is anybody there?"), 0, nobody)
	if errno := pending(); errno != int(unix.ECONNREFUSED) {
		t.Fatalf("the kernel reports %d, so that this test is void", errno)
	}
	send(t, c, []byte("is anybody there?"), 0, nobody)
	send(t, peer, []byte("hello"), 0, c.LocalAddr())
	if got := collect(t, c, 1); got[0].text != "hello" {
		t.Errorf("came %q", got[0].text)
	}

	send(t, c, []byte("is anybody there?"), 0, nobody)
	send(t, c, []byte("still here"), 0, peer.LocalAddr()) // in spite of the error that waits
	if got := collect(t, peer, 1); got[0].text != "still here" {
		t.Errorf("came %q", got[0].text)
	}
}

// TestTooLargeForTheInterface sends what no interface takes.
func TestTooLargeForTheInterface(t *testing.T) {
	c := open(t, "127.0.0.1:0", Options{})
	var large *TooLargeError
	if err := c.WriteTo(make([]byte, 65508), 0, c.LocalAddr()); !errors.As(err, &large) || large.Size != 65508 {
		t.Errorf("the error is %v", err)
	}
	if got := c.Offload(); got.Reason != nil {
		t.Errorf("the offload was given up: %+v", got)
	}
}

func TestDatagramsAreNeverFragmented(t *testing.T) {
	for address, option := range map[string][2]int{
		"127.0.0.1:0": {unix.IPPROTO_IP, unix.IP_MTU_DISCOVER},
		"[::]:0":      {unix.IPPROTO_IPV6, unix.IPV6_MTU_DISCOVER},
	} {
		if address == "[::]:0" {
			needIPv6(t)
		}
		raw, err := open(t, address, Options{}).udp.SyscallConn()
		if err != nil {
			t.Fatal(err)
		}
		got := -1
		_ = raw.Control(func(fd uintptr) { got, err = unix.GetsockoptInt(int(fd), option[0], option[1]) })
		if got != unix.IP_PMTUDISC_PROBE || err != nil {
			t.Errorf("%s: path MTU discovery is %d (%v), want %d", address, got, err, unix.IP_PMTUDISC_PROBE)
		}
	}
}

func TestPathMTUIsThatOfTheInterface(t *testing.T) {
	iface, err := net.InterfaceByName("lo")
	if err != nil {
		t.Skip(err)
	}
	if got, want := PathMTU(netip.MustParseAddrPort("127.0.0.1:9")), min(iface.MTU, 65535); got != want {
		t.Errorf("PathMTU is %d, want %d", got, want)
	}
	needIPv6(t)
	if got := PathMTU(netip.MustParseAddrPort("[::1]:9")); got != iface.MTU {
		t.Errorf("PathMTU of IPv6 is %d, want %d", got, iface.MTU)
	}
	if got := PathMTU(netip.AddrPort{}); got != 0 {
		t.Errorf("PathMTU of nothing is %d", got)
	}
}

// TestLinkLocalPeersHaveAZone needs an interface with a link-local address, which most machines have.
func TestLinkLocalPeersHaveAZone(t *testing.T) {
	needIPv6(t)
	at := linkLocal(t)
	one, two := open(t, netip.AddrPortFrom(at, 0).String(), Options{}), open(t, "[::]:0", Options{})
	send(t, two, pattern(3000), 1372, one.LocalAddr())
	from := collect(t, one, 3)[0].from
	if from.Addr().Zone() != at.Zone() {
		t.Errorf("came from %s, want zone %s", from, at.Zone())
	}
	send(t, one, []byte("answer"), 0, from)
	collect(t, two, 1)
}

func linkLocal(t *testing.T) netip.Addr {
	interfaces, err := net.Interfaces()
	if err != nil {
		t.Fatal(err)
	}
	for _, iface := range interfaces {
		addresses, _ := iface.Addrs()
		for _, a := range addresses {
			prefix, err := netip.ParsePrefix(a.String())
			if err == nil && prefix.Addr().Is6() && prefix.Addr().IsLinkLocalUnicast() && iface.Flags&net.FlagUp != 0 {
				return prefix.Addr().WithZone(iface.Name)
			}
		}
	}
	t.Skip("no interface here has an IPv6 link-local address")
	return netip.Addr{}
}

// TestNoAllocations counts those of a frame of 146 datagrams on its way out and in.
func TestNoAllocations(t *testing.T) {
	for name, opts := range map[string]Options{"offload": {}, "packet by packet": {NoOffload: true}} {
		for _, address := range []string{"127.0.0.1:0", "[::1]:0"} {
			t.Run(name+" "+address, func(t *testing.T) {
				if address == "[::1]:0" {
					needIPv6(t)
				}
				from, to := open(t, address, opts), open(t, address, opts)
				bytes, count := make([]byte, 100_000), 0
				fn := func([]byte, netip.AddrPort, time.Time) { count++ }
				target := to.LocalAddr()
				allocs := testing.AllocsPerRun(100, func() {
					if err := from.WriteTo(bytes, 1340, target); err != nil {
						t.Fatal(err)
					}
					for count = 0; count < 75; {
						if err := to.Read(fn); err != nil {
							t.Fatal(err)
						}
					}
				})
				if allocs > 0 {
					t.Errorf("%v allocations", allocs)
				}
			})
		}
	}
}
