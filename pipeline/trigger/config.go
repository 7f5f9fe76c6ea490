package trigger

import (
	"net"
	"net/netip"
	"strconv"
	"strings"

	"framewire/pipeline"
)

// Config says what counts as a trigger. Several may; the zero Config has none.
type Config struct {
	Signal bool   `yaml:"signal" doc:"the signal SIGUSR1 (not on Windows), which reaches every pipeline of the process"`
	Key    bool   `yaml:"key" doc:"the key t, or Enter, in the terminal"`
	HTTP   string `yaml:"http" doc:"POST /trigger at this address, HOST:PORT on this machine, such as 127.0.0.1:8099"`
	Motion bool   `yaml:"motion" doc:"a picture in which the filter motion has seen something move; not for a source"`
}

// IsZero reports whether nothing is a trigger.
func (c Config) IsZero() bool { return c == Config{} }

// Validate checks the settings of the field that holds them.
func (c Config) Validate(field string) error {
	if c.HTTP == "" {
		return nil
	}
	field += ".http"
	const example = "write HOST:PORT on this machine, such as 127.0.0.1:8099"
	host, port, err := net.SplitHostPort(c.HTTP)
	if err != nil {
		return pipeline.FieldErrorf(field, example, "%q is not an address", c.HTTP)
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		return pipeline.FieldErrorf(field, "", "port %q of %q is not between 1 and 65535", port, c.HTTP)
	}
	if !isHere(host) {
		return pipeline.FieldErrorf(field, example, "%q is reached from other machines, and nothing protects it", c.HTTP)
	}
	return nil
}

// isHere reports whether a host as written is this machine, and nobody else reaches it.
func isHere(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}
