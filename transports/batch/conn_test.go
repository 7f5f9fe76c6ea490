package batch

import (
	"errors"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"
)

func TestBurstsArriveAsTheyWereCut(t *testing.T) {
	for _, test := range []struct {
		name          string
		size, segment int
		want          []int // bytes of each datagram; where nil as many of segment as there are
	}{
		{"one of its own size", 1000, 0, []int{1000}},
		{"shorter than a segment", 1000, 1372, []int{1000}},
		{"exactly one", 1372, 1372, []int{1372}},
		{"the last is short", 3000, 1372, []int{1372, 1372, 256}},
		{"the last is one byte", 2745, 1372, []int{1372, 1372, 1}},
		{"empty", 0, 0, []int{0}},
		{"empty with a segment", 0, 1372, []int{0}},
		{"more than 64 segments", 100 * 200, 200, nil},
		{"more than 65000 bytes", 60 * 8000, 8000, nil},
		{"single bytes", 150, 1, nil},
		{"the largest of IPv4", 65507, 0, []int{65507}},
	} {
		for name, opts := range map[string]Options{"offload": {}, "packet by packet": {NoOffload: true}} {
			t.Run(test.name+" "+name, func(t *testing.T) {
				from, to := open(t, "127.0.0.1:0", opts), open(t, "127.0.0.1:0", opts)
				want := test.want
				if want == nil {
					for range test.size / test.segment {
						want = append(want, test.segment)
					}
				}
				bytes := pattern(test.size)
				send(t, from, bytes, test.segment, to.LocalAddr())
				rest := string(bytes)
				for i, d := range collect(t, to, len(want)) {
					if len(d.text) != want[i] || !strings.HasPrefix(rest, d.text) {
						t.Fatalf("datagram %d has %d bytes, want %d, or not those that were sent", i, len(d.text), want[i])
					}
					if d.from != from.LocalAddr() {
						t.Fatalf("datagram %d is from %s, want %s", i, d.from, from.LocalAddr())
					}
					rest = rest[len(d.text):]
				}
				quiet(t, to)
			})
		}
	}
}

func TestFamilies(t *testing.T) {
	needIPv6(t)
	for _, test := range []struct {
		name, listen, dialler, target string
		from                          string
	}{
		{"IPv4", "127.0.0.1:0", "127.0.0.1:0", "127.0.0.1", "127.0.0.1"},
		{"IPv6", "[::1]:0", "[::1]:0", "::1", "::1"},
		{"dual stack, IPv4 peer", ":0", "127.0.0.1:0", "127.0.0.1", "127.0.0.1"},
		{"dual stack, IPv6 peer", "[::]:0", "[::1]:0", "::1", "::1"},
		{"dual stack on both ends", "[::]:0", "[::]:0", "127.0.0.1", "127.0.0.1"},
		{"mapped target", "127.0.0.1:0", "[::]:0", "::ffff:127.0.0.1", "127.0.0.1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			one, two := open(t, test.listen, Options{}), open(t, test.dialler, Options{})
			target := netip.AddrPortFrom(netip.MustParseAddr(test.target), one.LocalAddr().Port())
			send(t, two, pattern(3000), 1372, target)
			want := netip.AddrPortFrom(netip.MustParseAddr(test.from), two.LocalAddr().Port())
			for _, d := range collect(t, one, 3) {
				if d.from != want {
					t.Errorf("came from %s, want %s", d.from, want)
				}
			}
			send(t, one, pattern(3000), 1372, want) // and back to the address as it was given
			collect(t, two, 3)
		})
	}
}

func TestWildcardOfIPv4IsNotIPv6(t *testing.T) {
	needIPv6(t)
	c := open(t, "0.0.0.0:0", Options{})
	if !c.LocalAddr().Addr().Is4() {
		t.Errorf("0.0.0.0 is bound at %s", c.LocalAddr())
	}
}

func TestListenErrorsNameTheAddress(t *testing.T) {
	used := open(t, "127.0.0.1:0", Options{})
	for _, address := range []string{used.LocalAddr().String(), "127.0.0.1", "127.0.0.1:99999"} {
		if c, err := Listen(t.Context(), address, Options{}); err == nil {
			c.Close()
			t.Errorf("%s: no error", address)
		} else if !strings.Contains(err.Error(), address) && !strings.Contains(err.Error(), "99999") {
			t.Errorf("%s: the error does not name it: %v", address, err)
		}
	}
}

func TestSharedPort(t *testing.T) {
	first := open(t, "0.0.0.0:0", Options{Shared: true})
	second := open(t, first.LocalAddr().String(), Options{Shared: true})
	if first.LocalAddr() != second.LocalAddr() {
		t.Errorf("bound at %s and %s", first.LocalAddr(), second.LocalAddr())
	}
}

func TestCloseEndsAWaitingRead(t *testing.T) {
	c := open(t, "127.0.0.1:0", Options{})
	failed := make(chan error)
	go func() { failed <- c.Read(func([]byte, netip.AddrPort, time.Time) {}) }()
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-failed; !errors.Is(err, net.ErrClosed) {
		t.Errorf("reading gives %v", err)
	}
	if err := c.WriteTo([]byte("x"), 0, c.LocalAddr()); !errors.Is(err, net.ErrClosed) {
		t.Errorf("writing gives %v", err)
	}
	if err := c.WriteTo(pattern(3000), 1372, c.LocalAddr()); !errors.Is(err, net.ErrClosed) {
		t.Errorf("writing a burst gives %v", err)
	}
	if err := c.Close(); err != nil {
		t.Errorf("closing twice gives %v", err)
	}
}

func TestBuffersAreTold(t *testing.T) {
	c := open(t, "127.0.0.1:0", Options{ReadBuffer: 64 << 10, WriteBuffer: 32 << 10})
	if got := c.Buffers(); got.Read != 64<<10 || got.Write != 32<<10 {
		t.Errorf("granted %+v", got)
	}
}
