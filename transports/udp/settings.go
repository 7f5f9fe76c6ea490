package udp

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"time"

	"framewire/pipeline"
	"framewire/transports/batch"
	"framewire/transports/discovery"
)

// settings are what no user sets and what tests replace.
type settings struct {
	attempt    time.Duration    // for one attempt to reach the other end
	initiate   pipeline.Backoff // between two initiations of an attempt
	handshake  time.Duration    // until a session that was answered has its first datagram
	ping       time.Duration    // between two pings of a receiver
	pong       time.Duration    // between two answers to pings, at least
	feedback   time.Duration    // between two reports of a receiver
	look       time.Duration    // between two looks at the time in a session, at most
	dead       time.Duration    // without a sign of life, after which a session is given up
	quiet      time.Duration    // of silence after which an end that dialled asks anew, and another sender may take a sender's place
	bye        time.Duration    // for parting when closing
	again      time.Duration    // between two sendings of an end or of a frame that nothing is known of
	end        time.Duration    // for receivers of a live stream to read its end
	report     time.Duration    // between two reports of dropped frames, and between two complaints
	lines      int              // about peers that come and go, in that time
	remind     time.Duration    // between two reminders that a peer is still waited for
	backoff    pipeline.Backoff // between two attempts
	handshakes int              // sessions that may be unconfirmed at once
	perAddress int              // of these, how many may come from one address
	grace      time.Duration    // that each of them may stay before another takes its place
	memory     int64            // bytes of unfinished frames at a receiver

	now      func() time.Time // this machine's clock, as the peers are told
	listen   func(ctx context.Context, address string, shared bool) (batch.PacketConn, error)
	pathMTU  func(to netip.AddrPort) int // largest packet for that way, in bytes; 0 where nobody knows
	find     func(ctx context.Context, q discovery.Query) (address string, err error)
	announce func(ctx context.Context, s discovery.Service) (stop func())
	resolve  func(ctx context.Context, address string) ([]netip.AddrPort, error)
}

// standard gives the settings that the program runs with.
func standard() settings {
	return settings{
		attempt:    2 * time.Second,
		initiate:   pipeline.Backoff{Min: 250 * time.Millisecond, Max: 2 * time.Second},
		handshake:  5 * time.Second,
		ping:       time.Second,
		pong:       20 * time.Millisecond,
		feedback:   50 * time.Millisecond,
		look:       250 * time.Millisecond,
		dead:       5 * time.Second,
		quiet:      1500 * time.Millisecond,
		bye:        500 * time.Millisecond,
		again:      50 * time.Millisecond,
		end:        2 * time.Second,
		report:     time.Second,
		lines:      10,
		remind:     30 * time.Second,
		handshakes: 64,
		perAddress: 16,
		grace:      200 * time.Millisecond,
		memory:     64 << 20,
		now:        time.Now,
		pathMTU:    batch.PathMTU,
		listen: func(ctx context.Context, address string, shared bool) (batch.PacketConn, error) {
			return batch.Listen(ctx, address, batch.Options{Shared: shared})
		},
		find: discovery.Find, announce: discovery.Announce,
		resolve: resolve,
	}
}

// resolve finds the addresses of HOST:PORT, those of IPv4 first.
func resolve(ctx context.Context, address string) ([]netip.AddrPort, error) {
	if at, err := netip.ParseAddrPort(address); err == nil {
		return []netip.AddrPort{unmapped(at)}, nil
	}
	host, service, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	port, err := net.DefaultResolver.LookupPort(ctx, "udp", service)
	if err != nil {
		return nil, err
	}
	addrs, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return nil, err
	}
	list := make([]netip.AddrPort, 0, len(addrs)) // one at least, or there was an error
	for _, a := range addrs {
		list = append(list, unmapped(netip.AddrPortFrom(a, uint16(port))))
	}
	slices.SortStableFunc(list, func(a, b netip.AddrPort) int {
		return a.Addr().BitLen() - b.Addr().BitLen()
	})
	return list, nil
}

func unmapped(at netip.AddrPort) netip.AddrPort {
	return netip.AddrPortFrom(at.Addr().Unmap(), at.Port())
}
