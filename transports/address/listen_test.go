package address

import (
	"errors"
	"fmt"
	"net"
	"slices"
	"syscall"
	"testing"
)

func TestDialable(t *testing.T) {
	interfaces := func() ([]net.Addr, error) {
		var list []net.Addr
		for _, s := range []string{"127.0.0.1/8", "192.0.2.7/24", "fe80::1/64", "2001:db8::7/64"} {
			ip, network, _ := net.ParseCIDR(s)
			list = append(list, &net.IPNet{IP: ip, Mask: network.Mask})
		}
		return list, nil
	}
	tests := []struct {
		bound string
		want  []string
	}{
		{"127.0.0.1:5000", []string{"127.0.0.1:5000"}},
		{"192.0.2.7:5000", []string{"192.0.2.7:5000"}},
		{"[::]:5000", []string{"192.0.2.7:5000", "[2001:db8::7]:5000", "127.0.0.1:5000 on this machine"}},
		{"0.0.0.0:5000", []string{"192.0.2.7:5000", "127.0.0.1:5000 on this machine"}},
	}
	for _, test := range tests {
		bound, err := net.ResolveUDPAddr("udp", test.bound)
		if err != nil {
			t.Fatal(err)
		}
		if got := Dialable(bound, interfaces); !slices.Equal(got, test.want) {
			t.Errorf("%s is dialled as %v, want %v", test.bound, got, test.want)
		}
	}
}

// A machine with very many addresses does not fill the log with them.
func TestDialableIsBounded(t *testing.T) {
	interfaces := func() ([]net.Addr, error) {
		var list []net.Addr
		for i := range 100 {
			list = append(list, &net.IPNet{IP: net.IPv4(192, 0, 2, byte(i)), Mask: net.CIDRMask(24, 32)})
		}
		return list, nil
	}
	if got := Dialable(&net.TCPAddr{IP: net.IPv4zero, Port: 5000}, interfaces); len(got) != mostListed+1 {
		t.Errorf("%d addresses, want %d", len(got), mostListed+1)
	}
	broken := func() ([]net.Addr, error) { return nil, errors.New("no netlink") }
	if got := Dialable(&net.TCPAddr{IP: net.IPv4zero, Port: 5000}, broken); !slices.Equal(got, []string{"127.0.0.1:5000 on this machine"}) {
		t.Errorf("without interfaces: %v", got)
	}
}

func TestListenError(t *testing.T) {
	tests := []struct {
		err  error
		want string
	}{
		{syscall.EADDRINUSE, "listen a:1: the address is in use by another program: stop it (`ss -lntup` shows which it is) or choose another port"},
		{syscall.EADDRNOTAVAIL, "listen a:1: this machine has no such address: `ip address` shows those it has"},
		{syscall.EACCES, "listen a:1: not allowed: choose a port above 1023"},
		{errors.New("no such host"), "listen a:1: bind: no such host"},
	}
	for _, test := range tests {
		if got := ListenError("a:1", fmt.Errorf("bind: %w", test.err)); got.Error() != test.want {
			t.Errorf("%v: got %q, want %q", test.err, got, test.want)
		}
	}
}

func TestNetwork(t *testing.T) {
	for from, want := range map[string]string{
		"192.0.2.7:1":           "192.0.2.7",
		"[::ffff:192.0.2.7]:1":  "192.0.2.7",
		"[::1]:1":               "::1",
		"[2001:db8:1:2:3::4]:5": "2001:db8:1:2::/64",
	} {
		addr, err := net.ResolveTCPAddr("tcp", from)
		if err != nil {
			t.Fatal(err)
		}
		if got := Network(addr); got != want {
			t.Errorf("%s belongs to %s, want %s", from, got, want)
		}
	}
	if got := Network(&net.UnixAddr{Name: "pipe"}); got != "pipe" {
		t.Errorf("what has no IP address belongs to %s", got)
	}
}
