package udp

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"time"

	"framewire/transports/batch"
	"framewire/transports/datagram"
	"framewire/transports/session"
	"framewire/transports/wire"
)

const (
	// groupEnds is how often the end of a stream is told to a group, where nobody confirms it.
	groupEnds = 3
	// groupRate bounds a lossless stream to a group, which nobody can slow down, in bytes/s.
	groupRate = 25e6
)

// openGroup begins to send to the group, or joins it.
func (e *endpoint) openGroup(ctx, life context.Context) error {
	group, err := netip.ParseAddrPort(e.group)
	if err != nil {
		return err
	}
	var iface *net.Interface
	if e.iface != "" {
		if iface, err = net.InterfaceByName(e.iface); err != nil {
			return fmt.Errorf("interface %s: there is none of that name: `ip link` shows those there are", e.iface)
		}
	}
	if e.hello.Role == wire.RoleSender {
		return e.sendToGroup(ctx, life, group, iface)
	}
	return e.joinGroup(ctx, life, group, iface)
}

// sendToGroup makes a session with everybody who listens to the group.
func (e *endpoint) sendToGroup(ctx, life context.Context, group netip.AddrPort, iface *net.Interface) error {
	conn, err := e.groupSocket(ctx, anyPort(group), false)
	if err != nil {
		return err
	}
	if iface != nil {
		if err := conn.SetMulticastInterface(iface); err != nil {
			conn.Close()
			return fmt.Errorf("send to the group %s by %s: %w", e.group, e.iface, plain(err))
		}
	}
	e.hub = newHub(e, life, conn)
	l := newLink(e.hub, session.NewGroupSender(e.key), wire.Hello{}, group)
	e.log.Info("sending to the group " + e.group)
	e.running.Go(e.hub.read)
	e.hub.confirm(l)
	return nil
}

// joinGroup receives what comes to the group.
func (e *endpoint) joinGroup(ctx, life context.Context, group netip.AddrPort, iface *net.Interface) error {
	bind := netip.AddrPortFrom(netip.IPv4Unspecified(), group.Port())
	if group.Addr().Is6() {
		bind = netip.AddrPortFrom(netip.IPv6Unspecified(), group.Port())
	}
	conn, err := e.groupSocket(ctx, bind.String(), true)
	if err != nil {
		return err
	}
	var source netip.Addr
	if e.source != "" {
		source = netip.MustParseAddr(e.source) // Validate has seen it
	}
	if err := conn.JoinGroup(group.Addr(), source, iface); err != nil {
		conn.Close()
		return fmt.Errorf("join the group %s: %w: set `interface` to one that the sender is reached by", e.group, plain(err))
	}
	e.hub = newHub(e, life, conn)
	e.hub.group = session.NewGroupReceiver(e.key)
	e.log.Info("listening to the group " + e.group)
	e.running.Go(e.hub.read)
	e.running.Go(func() { e.tellSilence(life) })
	return nil
}

// tellSilence says what to look at when nothing comes to the group, once until something does: a group that
// nobody sends to looks the same as one that this machine is not reached by.
func (e *endpoint) tellSilence(ctx context.Context) {
	ticker := time.NewTicker(e.set.dead)
	defer ticker.Stop()
	for told := false; ; {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
		switch {
		case e.hub.heard.Swap(false):
			told = false
		case !told && !e.done():
			told = true
			hints := []any{"group", e.group}
			if e.iface != "" {
				hints = append(hints, "interface", e.iface)
			}
			if e.source != "" {
				hints = append(hints, "source", e.source)
			}
			e.log.Warn("nothing comes to the group: check that its sender runs, that group and port are the same at both ends, that `interface` names the network of the sender, and that `source`, if set, is the sender's address", hints...)
		}
	}
}

func (e *endpoint) groupSocket(ctx context.Context, at string, shared bool) (batch.Multicaster, error) {
	conn, err := e.set.listen(ctx, at, shared)
	if err != nil {
		return nil, fmt.Errorf("open a socket for the group %s: %w", e.group, plain(err))
	}
	m, ok := conn.(batch.Multicaster)
	if !ok {
		conn.Close()
		return nil, fmt.Errorf("this network has no groups, such as %s", e.group)
	}
	return m, nil
}

// fromGroup gives a packet of the group on. The first one of a newer session ends the older one.
func (h *hub) fromGroup(b []byte, from netip.AddrPort, at time.Time) {
	h.heard.Store(true)
	if h.silent.Swap(false) {
		h.group.Silent()
	}
	size := len(b)
	plain, id, err := h.group.Open(b)
	if err != nil {
		if !errors.Is(err, session.ErrReplay) { // which is a duplicate, or from a sender that was there before
			h.e.complaints.Say(h.e.log.Warn, "turned a datagram to the group away", "from", from,
				"cause", "it is damaged, or its sender has another secret, or none where there is one here")
		}
		return
	}
	l := h.last
	if l == nil || l.id != id || l.over.Load() {
		l = &link{hub: h, id: id, to: from, name: from.String(), mtu: int(h.e.mtu.Load()), gone: make(chan struct{})}
		l.fits.Store(true)
		h.last = l
	}
	l.heard.Store(at.UnixNano())
	l.in.Add(uint64(size))
	if l.member == nil && !h.confirm(l) {
		return
	}
	l.member.take(plain, at)
	h.touch(l)
}

// sendBeacon shows a group that somebody is there, also while there is nothing to send.
func (p *peer) sendBeacon(now time.Time) (next time.Time) {
	if now.Sub(p.beacon) >= p.s.set.ping {
		p.beacon = now
		p.link.send(datagram.Ping{Sent: p.s.set.now()})
	}
	return p.beacon.Add(p.s.set.ping)
}
