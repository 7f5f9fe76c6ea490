package discovery

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/net/ipv4"
	"golang.org/x/net/ipv6"
)

// maxLinks is how many interfaces are used, of each family.
const maxLinks = 32

// maxFailures is how many reads may fail in a row: a socket that gives nothing but errors is given up.
const maxFailures = 100

// writeLimit is how long one message may wait for room in the system.
const writeLimit = 20 * time.Millisecond

// sockets are the ones of both address families. Their port is shared with whoever else speaks multicast
// DNS on this machine.
type sockets struct {
	families []*family
}

var _ medium = (*sockets)(nil)

// family is the socket of one address family.
type family struct {
	conn   *net.UDPConn
	group  *net.UDPAddr
	is4    bool
	joined map[int]bool // by interface index
	join   func(*net.Interface) error
	choose func(*net.Interface) error // where multicast goes out
	read   func([]byte) (n, index int, direct bool, from net.Addr, err error)
}

// openSockets opens those families that the system has.
func openSockets() (medium, error) {
	s := new(sockets)
	four, err4 := openIPv4()
	if err4 == nil {
		s.families = append(s.families, four)
	}
	six, err6 := openIPv6()
	if err6 == nil {
		s.families = append(s.families, six)
	}
	if len(s.families) == 0 {
		return nil, fmt.Errorf("open the port of multicast DNS: %w", errors.Join(err4, err6))
	}
	return s, nil
}

func openIPv4() (*family, error) {
	group := &net.UDPAddr{IP: net.IPv4(224, 0, 0, 251), Port: mdnsPort}
	conn, err := net.ListenUDP("udp4", group) // a group's address has the port shared
	if err != nil {
		return nil, err
	}
	p := ipv4.NewPacketConn(conn)
	err = errors.Join(p.SetMulticastTTL(255), p.SetMulticastLoopback(true))
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	_ = p.SetTTL(255)                                              // of direct answers; few readers insist
	_ = p.SetControlMessage(ipv4.FlagInterface|ipv4.FlagDst, true) // not on every system
	return &family{
		conn: conn, group: group, is4: true, joined: map[int]bool{},
		join:   func(i *net.Interface) error { return p.JoinGroup(i, group) },
		choose: p.SetMulticastInterface,
		read: func(b []byte) (int, int, bool, net.Addr, error) {
			n, cm, from, err := p.ReadFrom(b)
			if cm == nil {
				return n, 0, false, from, err
			}
			return n, cm.IfIndex, !cm.Dst.IsMulticast(), from, err
		},
	}, nil
}

func openIPv6() (*family, error) {
	group := &net.UDPAddr{IP: net.ParseIP("ff02::fb"), Port: mdnsPort}
	conn, err := net.ListenUDP("udp6", group)
	if err != nil {
		return nil, err
	}
	p := ipv6.NewPacketConn(conn)
	err = errors.Join(p.SetMulticastHopLimit(255), p.SetMulticastLoopback(true))
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	_ = p.SetHopLimit(255)
	_ = p.SetControlMessage(ipv6.FlagInterface|ipv6.FlagDst, true)
	return &family{
		conn: conn, group: group, joined: map[int]bool{},
		join:   func(i *net.Interface) error { return p.JoinGroup(i, group) },
		choose: p.SetMulticastInterface,
		read: func(b []byte) (int, int, bool, net.Addr, error) {
			n, cm, from, err := p.ReadFrom(b)
			if cm == nil {
				return n, 0, false, from, err
			}
			return n, cm.IfIndex, !cm.Dst.IsMulticast(), from, err
		},
	}, nil
}

// interfaces lists the interfaces that are up and know multicast.
func (s *sockets) interfaces() []link {
	all, err := net.Interfaces()
	if err != nil {
		return nil
	}
	var list []link
	for _, i := range all {
		if i.Flags&net.FlagUp == 0 || i.Flags&net.FlagMulticast == 0 || len(list) == maxLinks {
			continue
		}
		l := link{index: i.Index, prefixes: prefixes(&i)}
		joined := false
		for _, f := range s.families {
			if !f.joined[i.Index] {
				f.joined[i.Index] = f.join(&i) == nil
			}
			joined = joined || f.joined[i.Index]
		}
		if joined && len(l.prefixes) > 0 {
			list = append(list, l)
		}
	}
	return list
}

func prefixes(i *net.Interface) (list []netip.Prefix) {
	addrs, err := i.Addrs()
	if err != nil {
		return nil
	}
	for _, a := range addrs {
		if prefix, err := netip.ParsePrefix(a.String()); err == nil && len(list) < maxAddresses {
			list = append(list, prefix)
		}
	}
	return list
}

// multicast sends in both families: one may be filtered where the other is not. It fails when neither
// could be sent.
func (s *sockets) multicast(message []byte, l link) error {
	i, err := net.InterfaceByIndex(l.index)
	if err != nil {
		return err
	}
	var errs []error
	sent := false
	for _, f := range s.families {
		if !f.joined[l.index] {
			continue
		}
		err := f.choose(i)
		if err == nil {
			_ = f.conn.SetWriteDeadline(time.Now().Add(writeLimit))
			to := *f.group
			if !f.is4 {
				to.Zone = i.Name
			}
			_, err = f.conn.WriteToUDP(message, &to)
		}
		sent = sent || err == nil
		errs = append(errs, err)
	}
	if sent {
		return nil
	}
	return errors.Join(errs...)
}

// unicast sends by the family of the address.
func (s *sockets) unicast(message []byte, to netip.AddrPort) error {
	for _, f := range s.families {
		if f.is4 == to.Addr().Is4() {
			_ = f.conn.SetWriteDeadline(time.Now().Add(writeLimit))
			_, err := f.conn.WriteToUDPAddrPort(message, to)
			return err
		}
	}
	return fmt.Errorf("no socket for %s", to)
}

// receive reads both families until close.
func (s *sockets) receive(fn func(packet)) {
	var reading sync.WaitGroup
	for _, f := range s.families {
		reading.Go(func() { f.receive(fn) })
	}
	reading.Wait()
}

func (f *family) receive(fn func(packet)) {
	buf := make([]byte, maxMessage)
	for failed := 0; failed < maxFailures; {
		n, index, direct, from, err := f.read(buf)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		udp, ok := from.(*net.UDPAddr)
		if err != nil || !ok {
			failed++
			continue
		}
		failed = 0
		at := udp.AddrPort()
		p := packet{
			data: bytes.Clone(buf[:n]), index: index, direct: direct,
			from: netip.AddrPortFrom(at.Addr().Unmap(), at.Port()),
		}
		if i, err := net.InterfaceByIndex(index); err == nil {
			p.zone = i.Name
		}
		fn(p)
	}
}

func (s *sockets) close() {
	for _, f := range s.families {
		f.conn.Close()
	}
}
