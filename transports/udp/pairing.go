package udp

import "framewire/transports/pairing"

var (
	_ pairing.Config = (*SendConfig)(nil)
	_ pairing.Config = (*ReceiveConfig)(nil)
)

// Pairing says how the end listens.
func (c *SendConfig) Pairing() pairing.End {
	return pairing.End{Network: "udp", Listen: c.Listen, Secret: &c.Secret, Insecure: c.Insecure}
}

// Pairing says how the end listens.
func (c *ReceiveConfig) Pairing() pairing.End {
	return pairing.End{Network: "udp", Listen: c.Listen, Secret: &c.Secret, Insecure: c.Insecure}
}
