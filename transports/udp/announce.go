package udp

import (
	"context"
	"net/netip"

	"framewire/transports/address"
	"framewire/transports/discovery"
)

// target is the HOST:PORT to dial now: the one that is configured, or one that is found.
func (e *endpoint) target(ctx context.Context) (string, error) {
	name, ok := address.IsDiscovery(e.dial)
	if !ok {
		return e.dial, nil
	}
	return e.set.find(ctx, discovery.Query{Network: "udp", Role: discovery.Role(e.hello.Role.Other().String()), Name: name})
}

// startAnnouncing lets others find an end that listens.
func (e *endpoint) startAnnouncing(ctx context.Context, at netip.AddrPort) (stop func()) {
	if !e.announce {
		return func() {}
	}
	return e.set.announce(ctx, discovery.Service{
		Network: "udp", Role: discovery.Role(e.hello.Role.String()), Pipeline: e.pipeline,
		Addr: at.Addr(), Port: int(at.Port()), Secured: e.key != nil, Log: e.log,
	})
}
