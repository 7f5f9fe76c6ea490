package tcp

import (
	"context"
	"net"

	"framewire/transports/address"
	"framewire/transports/discovery"
	"framewire/transports/pairing"
)

var (
	_ pairing.Config = (*SendConfig)(nil)
	_ pairing.Config = (*ReceiveConfig)(nil)
)

// Pairing says how the end listens.
func (c *SendConfig) Pairing() pairing.End {
	return pairing.End{Network: "tcp", Listen: c.Listen, Secret: &c.Secret, TLS: !c.TLS.IsZero(), Insecure: c.Insecure}
}

// Pairing says how the end listens.
func (c *ReceiveConfig) Pairing() pairing.End {
	return pairing.End{Network: "tcp", Listen: c.Listen, Secret: &c.Secret, TLS: !c.TLS.IsZero(), Insecure: c.Insecure}
}

// publish lets dialling ends find this one, until it closes.
func (e *endpoint) publish(ctx context.Context) {
	bound, ok := e.listener.Addr().(*net.TCPAddr)
	if !e.announce || !ok {
		return
	}
	e.silence = e.set.announce(ctx, discovery.Service{
		Network: "tcp", Role: discovery.Role(e.hello.Role.String()), Pipeline: e.pipeline, Addr: bound.AddrPort().Addr(), Port: bound.Port,
		Secured: e.guard != nil, Log: e.log,
	})
}

// locate gives the address to dial, which may be another at each attempt where it has to be found.
func (e *endpoint) locate(ctx context.Context) (string, error) {
	name, ok := address.IsDiscovery(e.dial)
	if !ok {
		return e.dial, nil
	}
	return e.set.find(ctx, discovery.Query{Network: "tcp", Role: discovery.Role(e.hello.Role.Other().String()), Name: name})
}
