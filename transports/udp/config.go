package udp

import (
	"errors"
	"net/netip"
	"time"

	"framewire/pipeline"
	"framewire/pipeline/config"
	"framewire/transports/address"
	"framewire/transports/internal/ends"
	"framewire/transports/secret"
)

const (
	defaultMaxFrame config.ByteSize = 64 << 20
	defaultMaxPeers                 = 1000
	defaultLatency                  = 120 * time.Millisecond
	defaultMTU                      = 1400

	adaptAuto = "auto"
	adaptOff  = "off"
)

// SendConfig is the setting of a sending end.
type SendConfig struct {
	Listen     string          `yaml:"listen" doc:"HOST:PORT on which receivers may ask for the stream; an empty host means every interface; either this, dial or group"`
	Dial       string          `yaml:"dial" doc:"HOST:PORT of a receiver that listens; auto or auto:NAME finds one in the local network; either this, listen or group"`
	Group      string          `yaml:"group" doc:"ADDRESS:PORT of a multicast group, such as 239.1.2.3:5000: one send reaches every receiver in the local network, and none of them answers; either this, listen or dial"`
	Interface  string          `yaml:"interface" doc:"network interface by which a group is reached; empty leaves it to the system's routes"`
	Secret     secret.Secret   `yaml:"secret" doc:"passphrase, or what framewire secret prints, that both ends know; everything is encrypted and nobody without it gets an answer"`
	Insecure   bool            `yaml:"insecure" doc:"allow addresses that other machines reach without a secret; whoever reaches the port can watch"`
	MaxFrame   config.ByteSize `yaml:"max_frame" doc:"largest frame that is sent, in bytes"`
	MinPeers   int             `yaml:"min_peers" doc:"how many receivers a stream that must arrive whole waits for before it begins"`
	MaxPeers   int             `yaml:"max_peers" doc:"how many receivers may be connected at once; further ones are refused"`
	Latency    time.Duration   `yaml:"latency" doc:"time in which a lost packet is worth replacing; a frame of a live stream that takes longer is dropped"`
	FEC        FEC             `yaml:"fec" doc:"parity sent with every frame: auto follows the loss that receivers report, a percentage of the data such as 20%, or off"`
	Retransmit bool            `yaml:"retransmit" doc:"send again what receivers miss and parity does not replace; streams that must arrive whole always do"`
	MTU        int             `yaml:"mtu" doc:"largest IP packet that is sent, in bytes"`
	Adapt      string          `yaml:"adapt" enum:"auto,off" doc:"auto lowers the quality, then the frame rate, of a live stream while the network does not carry it"`
	Announce   bool            `yaml:"announce" doc:"tell the local network by mDNS that this end listens there, so that dial: auto finds it"`
}

// ReceiveConfig is the setting of a receiving end.
type ReceiveConfig struct {
	Listen     string          `yaml:"listen" doc:"HOST:PORT on which a sender may come, one at a time; an empty host means every interface; either this, dial or group"`
	Dial       string          `yaml:"dial" doc:"HOST:PORT of a sender that listens; auto or auto:NAME finds one in the local network; either this, listen or group"`
	Group      string          `yaml:"group" doc:"ADDRESS:PORT of a multicast group that a sender sends to; either this, listen or dial"`
	Source     string          `yaml:"source" doc:"address of the sender whose packets to the group are wanted, for a source-specific join; empty takes any"`
	Interface  string          `yaml:"interface" doc:"network interface on which the group is joined; empty leaves it to the system's routes"`
	Secret     secret.Secret   `yaml:"secret" doc:"passphrase, or what framewire secret prints, that both ends know; everything is encrypted and nobody without it gets an answer"`
	Insecure   bool            `yaml:"insecure" doc:"allow addresses that other machines reach without a secret; whoever reaches the port can send"`
	MaxFrame   config.ByteSize `yaml:"max_frame" doc:"largest frame that is taken, in bytes"`
	Latency    time.Duration   `yaml:"latency" doc:"how long an unfinished frame of a live stream is waited for after its first packet came"`
	Retransmit bool            `yaml:"retransmit" doc:"ask for what is missing and parity does not replace; streams that must arrive whole always do"`
	MTU        int             `yaml:"mtu" doc:"largest IP packet that is sent, in bytes"`
	Announce   bool            `yaml:"announce" doc:"tell the local network by mDNS that this end listens there, so that dial: auto finds it"`
}

func sendDefaults() SendConfig {
	return SendConfig{
		MaxFrame: defaultMaxFrame, MinPeers: 1, MaxPeers: defaultMaxPeers,
		Latency: defaultLatency, Retransmit: true, MTU: defaultMTU, Adapt: adaptAuto, Announce: true,
	}
}

func receiveDefaults() ReceiveConfig {
	return ReceiveConfig{
		MaxFrame: defaultMaxFrame, Latency: defaultLatency, Retransmit: true, MTU: defaultMTU, Announce: true,
	}
}

// Validate reports all faults at once.
func (c *SendConfig) Validate() error {
	return errors.Join(
		checkPlace(place{listen: c.Listen, dial: c.Dial, group: c.Group, iface: c.Interface}, c.Secret, c.Insecure),
		checkLimits(c.MaxFrame, c.Latency, c.MTU),
		ends.CheckPeers(c.MinPeers, c.MaxPeers, c.Dial, c.Group),
	)
}

// Validate reports all faults at once.
func (c *ReceiveConfig) Validate() error {
	return errors.Join(
		checkPlace(place{listen: c.Listen, dial: c.Dial, group: c.Group, iface: c.Interface, source: c.Source}, c.Secret, c.Insecure),
		checkLimits(c.MaxFrame, c.Latency, c.MTU),
	)
}

// place is where an end sends to or receives from: one of the first three.
type place struct{ listen, dial, group, iface, source string }

// checkPlace checks that there is exactly one usable address, and that it is on this machine unless there is
// a secret or the user accepts what is open.
func checkPlace(p place, s secret.Secret, insecure bool) error {
	guard := address.Guard{Secret: !s.IsZero(), Insecure: insecure}
	errs := []error{s.Validate("secret"), address.CheckInsecure(guard)}
	if p.group == "" {
		errs = append(errs, address.CheckEnds(p.listen, p.dial, guard))
		for _, f := range []struct{ name, value string }{{"interface", p.iface}, {"source", p.source}} {
			if f.value != "" {
				errs = append(errs, pipeline.FieldErrorf(f.name, "add `group`, or remove this line", "it is for multicast groups, and no group is given"))
			}
		}
		return errors.Join(errs...)
	}
	return errors.Join(append(errs, checkGroup(p, guard))...)
}

func checkGroup(p place, guard address.Guard) error {
	if p.listen != "" || p.dial != "" {
		return pipeline.FieldErrorf("group", "keep one of them", "group is given beside listen or dial")
	}
	if err := address.Check("group", p.group, guard); err != nil {
		return err
	}
	at, err := netip.ParseAddrPort(p.group)
	if err != nil || !at.Addr().IsMulticast() {
		return pipeline.FieldErrorf("group", "write one such as 239.1.2.3:5000 or [ff15::1:2]:5000", "%q is no multicast group", p.group)
	}
	if p.source == "" {
		return nil
	}
	from, err := netip.ParseAddr(p.source)
	switch {
	case err != nil || from.IsMulticast() || from.IsUnspecified():
		return pipeline.FieldErrorf("source", "write an IP address such as 192.168.1.20", "%q is not the address of a machine", p.source)
	case from.Is4() != at.Addr().Is4():
		return pipeline.FieldErrorf("source", "write both as IPv4, or both as IPv6", "%q does not go with group %s", p.source, p.group)
	}
	return nil
}

func checkLimits(maxFrame config.ByteSize, latency time.Duration, mtu int) error {
	errs := []error{ends.CheckMaxFrame(maxFrame)}
	if latency < 10*time.Millisecond || latency > 10*time.Second {
		errs = append(errs, pipeline.FieldErrorf("latency", "", "%s is not between 10ms and 10s", latency))
	}
	if mtu < 1280 || mtu > 9000 {
		errs = append(errs, pipeline.FieldErrorf("mtu", "", "%d is not between 1280 and 9000", mtu))
	}
	return errors.Join(errs...)
}
