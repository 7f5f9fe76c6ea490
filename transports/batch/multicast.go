package batch

import (
	"fmt"
	"net"
	"net/netip"

	"golang.org/x/net/ipv4"
	"golang.org/x/net/ipv6"
)

// JoinGroup implements Multicaster. On Linux the socket then receives none of the groups that only others on
// this machine have joined. What is sent to the port itself still comes.
func (c *Conn) JoinGroup(group, source netip.Addr, iface *net.Interface) error {
	if err := c.join(group.Unmap(), source.Unmap(), iface); err != nil {
		if source.IsValid() {
			return fmt.Errorf("join group %s from source %s: %w", group, source, err)
		}
		return fmt.Errorf("join group %s: %w", group, err)
	}
	return nil
}

func (c *Conn) join(group, source netip.Addr, iface *net.Interface) error {
	switch {
	case !group.IsMulticast():
		return fmt.Errorf("it is not a multicast address: those are 224.0.0.0 to 239.255.255.255 and ff00::/8")
	case source.IsValid() && source.Is4() != group.Is4():
		return fmt.Errorf("group and source must both be IPv4 or both be IPv6")
	case group.Is6() && c.local.Addr().Is4():
		return fmt.Errorf("the socket at %s is IPv4 only: listen at [::] for this group", c.local)
	}
	raw, err := c.udp.SyscallConn()
	if err != nil {
		return err
	}
	ownGroupsOnly(raw)
	g, s := address(group), address(source)
	if group.Is4() {
		four := ipv4.NewPacketConn(c.udp)
		if source.IsValid() {
			return four.JoinSourceSpecificGroup(iface, g, s)
		}
		return four.JoinGroup(iface, g)
	}
	six := ipv6.NewPacketConn(c.udp)
	if source.IsValid() {
		return six.JoinSourceSpecificGroup(iface, g, s)
	}
	return six.JoinGroup(iface, g)
}

// address has the form that golang.org/x/net takes.
func address(ip netip.Addr) net.Addr { return &net.UDPAddr{IP: ip.AsSlice(), Zone: ip.Zone()} }

// SetMulticastTTL implements Multicaster. It also has what is sent to a group come back to this machine, for the
// receivers that run here.
func (c *Conn) SetMulticastTTL(ttl int) error {
	if ttl < 1 || ttl > 255 {
		return fmt.Errorf("multicast TTL %d: it must be 1 to 255", ttl)
	}
	return c.eachFamily("set the multicast TTL",
		func(p *ipv4.PacketConn) error {
			_ = p.SetMulticastLoopback(true) // the default
			return p.SetMulticastTTL(ttl)
		},
		func(p *ipv6.PacketConn) error {
			_ = p.SetMulticastLoopback(true)
			return p.SetMulticastHopLimit(ttl)
		})
}

// SetMulticastInterface implements Multicaster.
func (c *Conn) SetMulticastInterface(iface *net.Interface) error {
	if iface == nil {
		return fmt.Errorf("set the multicast interface: none is named")
	}
	return c.eachFamily("send to groups through interface "+iface.Name,
		func(p *ipv4.PacketConn) error { return p.SetMulticastInterface(iface) },
		func(p *ipv6.PacketConn) error { return p.SetMulticastInterface(iface) })
}

// eachFamily sets an option for IPv4 and for IPv6. A socket for both needs both, where the system knows that.
func (c *Conn) eachFamily(what string, four func(*ipv4.PacketConn) error, six func(*ipv6.PacketConn) error) error {
	err := four(ipv4.NewPacketConn(c.udp))
	if c.local.Addr().Is6() {
		err = six(ipv6.NewPacketConn(c.udp)) // that of an IPv4 option does not count then
	}
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}
