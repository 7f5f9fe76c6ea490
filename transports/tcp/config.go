package tcp

import (
	"errors"

	"framewire/pipeline"
	"framewire/pipeline/config"
	"framewire/transports/address"
	"framewire/transports/internal/ends"
	"framewire/transports/secret"
	"framewire/transports/secure"
)

const (
	defaultMaxFrame config.ByteSize = 64 << 20
	defaultMaxPeers                 = 1000
)

// What `delivery` may say; empty leaves it to the source of each frame (Frame.Confirm).
const (
	deliveryLive      = "live"
	deliveryConfirmed = "confirmed"
)

// SendConfig is the setting of a sending end.
type SendConfig struct {
	Listen   string          `yaml:"listen" doc:"HOST:PORT on which receivers may connect; an empty host means every interface; either this or dial"`
	Dial     string          `yaml:"dial" doc:"HOST:PORT of a receiver that listens; auto or auto:NAME finds one in the local network; either this or listen"`
	MaxFrame config.ByteSize `yaml:"max_frame" doc:"largest frame that is sent, in bytes"`
	MinPeers int             `yaml:"min_peers" doc:"how many receivers a stream that must arrive whole waits for before it begins"`
	MaxPeers int             `yaml:"max_peers" doc:"how many receivers may be connected at once; further ones are refused"`
	Delivery string          `yaml:"delivery" enum:"live,confirmed" doc:"confirmed keeps each frame of a stream that must arrive whole until its receiver has said that it is there, durable where it keeps pictures, and goes on where it was after a break; live only sends; defaults to confirmed for photos and to live for everything else"`
	Secret   secret.Secret   `yaml:"secret" doc:"passphrase or generated secret that both ends share, usually ${FRAMEWIRE_SECRET}; everything is encrypted, and who does not know it is not let in"`
	TLS      secure.TLS      `yaml:"tls" doc:"certificates by which both ends prove who they are, alone or beside a secret"`
	Insecure bool            `yaml:"insecure" doc:"allow addresses that other machines reach without secret and tls; pictures are neither encrypted nor is anybody asked who they are"`
	Announce bool            `yaml:"announce" doc:"tell the local network by mDNS that this end listens there, so that dial: auto finds it"`
}

// confirms reports whether a sending end has delivery confirmed, of the frames that ask for it at least.
func confirms(cfg *SendConfig) bool { return cfg.Delivery != deliveryLive }

// ReceiveConfig is the setting of a receiving end.
type ReceiveConfig struct {
	Listen   string          `yaml:"listen" doc:"HOST:PORT on which a sender may connect, one at a time; an empty host means every interface; either this or dial"`
	Dial     string          `yaml:"dial" doc:"HOST:PORT of a sender that listens; auto or auto:NAME finds one in the local network; either this or listen"`
	MaxFrame config.ByteSize `yaml:"max_frame" doc:"largest frame that is taken, in bytes"`
	Secret   secret.Secret   `yaml:"secret" doc:"passphrase or generated secret that both ends share, usually ${FRAMEWIRE_SECRET}; everything is encrypted, and who does not know it is not let in"`
	TLS      secure.TLS      `yaml:"tls" doc:"certificates by which both ends prove who they are, alone or beside a secret"`
	Insecure bool            `yaml:"insecure" doc:"allow addresses that other machines reach without secret and tls; pictures are neither encrypted nor is anybody asked who they are"`
	Announce bool            `yaml:"announce" doc:"tell the local network by mDNS that this end listens there, so that dial: auto finds it"`
}

func sendDefaults() SendConfig {
	return SendConfig{MaxFrame: defaultMaxFrame, MinPeers: 1, MaxPeers: defaultMaxPeers, Announce: true}
}

func receiveDefaults() ReceiveConfig {
	return ReceiveConfig{MaxFrame: defaultMaxFrame, Announce: true}
}

// Validate reports all faults at once.
func (c *SendConfig) Validate() error {
	return errors.Join(
		checkEnds(c.Listen, c.Dial, c.Secret, c.TLS, c.Insecure), ends.CheckMaxFrame(c.MaxFrame),
		ends.CheckPeers(c.MinPeers, c.MaxPeers, c.Dial, ""),
	)
}

// Validate reports all faults at once.
func (c *ReceiveConfig) Validate() error {
	return errors.Join(checkEnds(c.Listen, c.Dial, c.Secret, c.TLS, c.Insecure), ends.CheckMaxFrame(c.MaxFrame))
}

// checkEnds checks the addresses, and what protects them.
func checkEnds(listen, dial string, s secret.Secret, t secure.TLS, insecure bool) error {
	guard := address.Guard{Secret: !s.IsZero(), TLS: !t.IsZero(), Insecure: insecure}
	errs := []error{address.CheckEnds(listen, dial, guard), s.Validate("secret"), t.Validate("tls"), address.CheckInsecure(guard)}
	if listen != "" && t.ServerName != "" {
		errs = append(errs, pipeline.FieldErrorf("tls.server_name", "remove it", "only an end that dials checks a name"))
	}
	return errors.Join(errs...)
}
