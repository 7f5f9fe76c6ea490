package tcp

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"

	"framewire/pipeline"
	"framewire/pipeline/config"
)

const (
	defaultMaxFrame config.ByteSize = 64 << 20
	defaultMaxPeers                 = 1000
)

// SendConfig is the setting of a sending end.
type SendConfig struct {
	Listen   string          `yaml:"listen" doc:"HOST:PORT on which receivers may connect; an empty host means every interface; either this or dial"`
	Dial     string          `yaml:"dial" doc:"HOST:PORT of a receiver that listens; either this or listen"`
	MaxFrame config.ByteSize `yaml:"max_frame" doc:"largest frame that is sent, in bytes"`
	MinPeers int             `yaml:"min_peers" doc:"how many receivers a stream that must arrive whole waits for before it begins"`
	MaxPeers int             `yaml:"max_peers" doc:"how many receivers may be connected at once; further ones are refused"`
	Insecure bool            `yaml:"insecure" doc:"allow addresses that other machines reach; pictures are neither encrypted nor is anybody asked who they are"`
}

// ReceiveConfig is the setting of a receiving end.
type ReceiveConfig struct {
	Listen   string          `yaml:"listen" doc:"HOST:PORT on which a sender may connect, one at a time; an empty host means every interface; either this or dial"`
	Dial     string          `yaml:"dial" doc:"HOST:PORT of a sender that listens; either this or listen"`
	MaxFrame config.ByteSize `yaml:"max_frame" doc:"largest frame that is taken, in bytes"`
	Insecure bool            `yaml:"insecure" doc:"allow addresses that other machines reach; pictures are neither encrypted nor is anybody asked who they are"`
}

func sendDefaults() SendConfig {
	return SendConfig{MaxFrame: defaultMaxFrame, MinPeers: 1, MaxPeers: defaultMaxPeers}
}

func receiveDefaults() ReceiveConfig {
	return ReceiveConfig{MaxFrame: defaultMaxFrame}
}

// Validate reports all faults at once.
func (c *SendConfig) Validate() error {
	errs := []error{checkAddress(c.Listen, c.Dial, c.Insecure), checkMaxFrame(c.MaxFrame)}
	if c.MaxPeers < 1 || c.MaxPeers > 65535 {
		errs = append(errs, pipeline.FieldErrorf("max_peers", "", "%d is not between 1 and 65535", c.MaxPeers))
	}
	switch {
	case c.MinPeers < 1 || c.MinPeers > c.MaxPeers:
		errs = append(errs, pipeline.FieldErrorf("min_peers", "", "%d is not between 1 and max_peers, which is %d", c.MinPeers, c.MaxPeers))
	case c.MinPeers > 1 && c.Dial != "":
		errs = append(errs, pipeline.FieldErrorf("min_peers", "use `listen` here and `dial` in the receivers", "%d receivers cannot be waited for by dialling one", c.MinPeers))
	}
	return errors.Join(errs...)
}

// Validate reports all faults at once.
func (c *ReceiveConfig) Validate() error {
	return errors.Join(checkAddress(c.Listen, c.Dial, c.Insecure), checkMaxFrame(c.MaxFrame))
}

func checkMaxFrame(n config.ByteSize) error {
	if n < 1<<10 || n > 1<<30 {
		return pipeline.FieldErrorf("max_frame", "", "%s is not between 1KiB and 1GiB", n)
	}
	return nil
}

// checkAddress checks that exactly one of both is a usable HOST:PORT, and that it is on this machine
// unless the user accepts what is open.
func checkAddress(listen, dial string, insecure bool) error {
	field, address := "listen", listen
	switch {
	case listen == "" && dial == "":
		return pipeline.FieldErrorf("listen", "write `listen: 127.0.0.1:5000` at one end and `dial: 127.0.0.1:5000` at the other", "neither listen nor dial is given")
	case listen != "" && dial != "":
		return pipeline.FieldErrorf("dial", "keep one of them", "both listen and dial are given")
	case dial != "":
		field, address = "dial", dial
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return pipeline.FieldErrorf(field, "write HOST:PORT, such as 127.0.0.1:5000 or [::1]:5000", "%q is not an address", address)
	}
	if err := checkPort(field, address, port); err != nil {
		return err
	}
	if field == "dial" && host == "" {
		return pipeline.FieldErrorf(field, "write HOST:PORT, such as 127.0.0.1"+address, "%q names no host", address)
	}
	if strings.ContainsAny(host, " \t/@") {
		return pipeline.FieldErrorf(field, "write HOST:PORT without a scheme or a path", "%q is not a host", host)
	}
	if insecure || isLoopback(host) {
		return nil
	}
	where := fmt.Sprintf("%q is reached from other machines", address)
	if field == "dial" {
		where = fmt.Sprintf("%q may be another machine", address)
	}
	return pipeline.FieldErrorf(field, "add `insecure: true` to this "+field+" if the network is trusted", "%s, and nothing is encrypted or authenticated yet", where)
}

func checkPort(field, address, port string) error {
	n, err := strconv.Atoi(port)
	switch {
	case err != nil:
		return pipeline.FieldErrorf(field, "", "port %q of %q is not a number", port, address)
	case n < 0 || n > 65535 || (n == 0 && field == "dial"):
		return pipeline.FieldErrorf(field, "", "port %d of %q is not between 1 and 65535", n, address)
	}
	return nil
}

// isLoopback reports whether a host as written is this machine and nobody else reaches it.
func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}
