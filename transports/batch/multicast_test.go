package batch

import (
	"errors"
	"net"
	"net/netip"
	"strings"
	"testing"
)

// place is where a family's groups are tried so that nothing leaves the machine: those of IPv4 on the loopback
// interface. That has no way to groups of IPv6, but what goes to one of interface-local scope (RFC 4291,
// section 2.7) stays here anyway.
type place struct {
	iface       *net.Interface
	wildcard    string
	source      string // address of the sender
	group       string
	other       string
	specific    string // a group for joining with a source
	wrongSource string
}

func (p *place) host() string {
	address := p.source
	if strings.HasPrefix(address, "fe80") {
		address += "%" + p.iface.Name
	}
	return net.JoinHostPort(address, "0")
}

func families(t *testing.T, run func(t *testing.T, p *place)) {
	t.Run("IPv4", func(t *testing.T) {
		iface, _ := find(t, net.FlagLoopback, netip.Addr.Is4)
		run(t, &place{iface, "0.0.0.0:0", "127.0.0.1", "239.255.77.1", "239.255.77.2", "232.77.7.1", "127.0.0.9"})
	})
	t.Run("IPv6", func(t *testing.T) {
		iface, ip := find(t, net.FlagMulticast, netip.Addr.Is6)
		run(t, &place{iface, "[::]:0", ip.String(), "ff11::77:1", "ff11::77:2", "ff31::77:1", "2001:db8::1"})
	})
}

// find gives an interface with a flag and an address of a family.
func find(t *testing.T, flag net.Flags, family func(netip.Addr) bool) (*net.Interface, netip.Addr) {
	t.Helper()
	interfaces, err := net.Interfaces()
	if err != nil {
		t.Fatal(err)
	}
	for i := range interfaces {
		if flags := interfaces[i].Flags; flags&flag == 0 || flags&net.FlagRunning == 0 {
			continue
		}
		addresses, _ := interfaces[i].Addrs()
		for _, a := range addresses {
			if prefix, err := netip.ParsePrefix(a.String()); err == nil && family(prefix.Addr()) {
				return &interfaces[i], prefix.Addr()
			}
		}
	}
	t.Skipf("no interface here is %s and has an address of the family", flag)
	return nil, netip.Addr{}
}

// member opens a socket at the port of others, or at a new one, and joins the group.
func member(t *testing.T, p *place, address, group, source string) *Conn {
	t.Helper()
	c := open(t, address, Options{Shared: true})
	from, _ := netip.ParseAddr(source) // "" is no source
	if err := c.JoinGroup(netip.MustParseAddr(group), from, p.iface); err != nil {
		t.Fatal(err)
	}
	return c
}

// announcer opens a socket that sends to groups.
func announcer(t *testing.T, p *place, address string) *Conn {
	t.Helper()
	c := open(t, address, Options{})
	if err := errors.Join(c.SetMulticastTTL(1), c.SetMulticastInterface(p.iface)); err != nil {
		t.Fatal(err)
	}
	return c
}

// groupAt is a group at the port of a socket.
func groupAt(group string, c *Conn) netip.AddrPort {
	return netip.AddrPortFrom(netip.MustParseAddr(group), c.LocalAddr().Port())
}

func texts(got []datagram) (s []string) {
	for _, d := range got {
		s = append(s, d.text)
	}
	return s
}

func TestGroupReachesAllMembers(t *testing.T) {
	families(t, func(t *testing.T, p *place) {
		one := member(t, p, p.wildcard, p.group, "")
		two := member(t, p, one.LocalAddr().String(), p.group, "")
		from := announcer(t, p, p.host())
		send(t, from, []byte("hello"), 0, groupAt(p.group, one))
		send(t, from, pattern(3000), 1200, groupAt(p.group, one)) // a burst too
		for _, c := range []*Conn{one, two} {
			got := collect(t, c, 4)
			if got[0] != (datagram{"hello", from.LocalAddr()}) || len(got[3].text) != 600 {
				t.Errorf("a member got %v", got)
			}
			quiet(t, c)
		}
	})
}

func TestMembersOfOtherGroupsGetNothing(t *testing.T) {
	families(t, func(t *testing.T, p *place) {
		one := member(t, p, p.wildcard, p.group, "")
		other := member(t, p, one.LocalAddr().String(), p.other, "")
		from := announcer(t, p, p.host())
		send(t, from, []byte("for one"), 0, groupAt(p.group, one))
		send(t, from, []byte("for the other"), 0, groupAt(p.other, one))
		if got := texts(collect(t, one, 1)); got[0] != "for one" {
			t.Errorf("the one got %q", got)
		}
		if got := texts(collect(t, other, 1)); got[0] != "for the other" {
			t.Errorf("the other got %q", got)
		}
		quiet(t, one)
		quiet(t, other)
	})
}

func TestSourceSpecificMembersHearOnlyTheirSource(t *testing.T) {
	families(t, func(t *testing.T, p *place) {
		c := member(t, p, p.wildcard, p.specific, p.source)
		deaf := member(t, p, c.LocalAddr().String(), p.specific, p.wrongSource)
		from := announcer(t, p, p.host())
		send(t, from, []byte("hello"), 0, groupAt(p.specific, c))
		if got := texts(collect(t, c, 1)); got[0] != "hello" {
			t.Errorf("got %q", got)
		}
		quiet(t, deaf)
	})
}

// TestIPv4GroupOnASocketForBoth has a socket that listens at a port without a host.
func TestIPv4GroupOnASocketForBoth(t *testing.T) {
	needIPv6(t)
	iface, _ := find(t, net.FlagLoopback, netip.Addr.Is4)
	p := &place{iface: iface}
	c := member(t, p, "[::]:0", "239.255.77.3", "")
	from := announcer(t, p, "[::]:0")
	send(t, from, []byte("hello"), 0, groupAt("239.255.77.3", c))
	if got := collect(t, c, 1); got[0].text != "hello" || !got[0].from.Addr().Is4() {
		t.Errorf("got %v", got)
	}
}

func TestGroupErrorsSayWhatIsWrong(t *testing.T) {
	c := open(t, "127.0.0.1:0", Options{})
	ip := netip.MustParseAddr
	for _, test := range []struct {
		err  error
		want string
	}{
		{c.JoinGroup(ip("192.0.2.1"), netip.Addr{}, nil), "join group 192.0.2.1: it is not a multicast address"},
		{c.JoinGroup(ip("232.1.1.1"), ip("::1"), nil), "join group 232.1.1.1 from source ::1: group and source must both"},
		{c.JoinGroup(ip("ff15::1"), netip.Addr{}, nil), c.LocalAddr().String() + " is IPv4 only: listen at [::]"},
		{c.SetMulticastTTL(0), "multicast TTL 0: it must be 1 to 255"},
		{c.SetMulticastTTL(256), "multicast TTL 256: it must be 1 to 255"},
		{c.SetMulticastInterface(nil), "none is named"},
	} {
		if test.err == nil || !strings.Contains(test.err.Error(), test.want) {
			t.Errorf("the error is %v, want one with %q", test.err, test.want)
		}
	}
}
