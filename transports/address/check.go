package address

import (
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"

	"framewire/pipeline"
)

// Guard is how an end is protected, as its config says.
type Guard struct {
	Secret   bool // `secret` is set
	TLS      bool // `tls` is set
	Insecure bool // `insecure: true`
}

func (g Guard) any() bool { return g.Secret || g.TLS || g.Insecure }

// Check checks the address in a config's field (listen, dial or group): that it is HOST:PORT, and that it
// is on this machine unless the end is guarded. A dial may also be `auto` or `auto:NAME`; see IsDiscovery.
func Check(field, address string, g Guard) error {
	if field == "dial" && (address == auto || strings.HasPrefix(address, auto+":")) {
		return checkDiscovery(address, g)
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return pipeline.FieldErrorf(field, "write HOST:PORT, such as 127.0.0.1:5000 or [::1]:5000", "%q is not an address", address)
	}
	if err := checkPort(field, address, port); err != nil {
		return err
	}
	if field != "listen" && host == "" {
		return pipeline.FieldErrorf(field, "write HOST:PORT, such as "+exampleHost(field)+address, "%q names no host", address)
	}
	if strings.ContainsAny(host, " \t/@") {
		return pipeline.FieldErrorf(field, "write HOST:PORT without a scheme or a path", "%q is not a host", host)
	}
	if g.any() || IsLoopback(host) {
		return nil
	}
	if field == "dial" {
		return unguarded(field, fmt.Sprintf("%q may be another machine", address))
	}
	return unguarded(field, fmt.Sprintf("%q is reached from other machines", address))
}

// CheckEnds checks that exactly one of listen and dial is given, and that one as Check does. It also
// refuses `insecure` beside what makes it untrue.
func CheckEnds(listen, dial string, g Guard) error {
	switch {
	case listen == "" && dial == "":
		return pipeline.FieldErrorf("listen", "write `listen: 127.0.0.1:5000` at one end and `dial: 127.0.0.1:5000` at the other", "neither listen nor dial is given")
	case listen != "" && dial != "":
		return pipeline.FieldErrorf("dial", "keep one of them", "both listen and dial are given")
	case dial != "":
		return Check("dial", dial, g)
	}
	return Check("listen", listen, g)
}

// CheckInsecure refuses `insecure: true` beside `secret` or `tls`, since the reader of such a config could
// not tell which of them holds.
func CheckInsecure(g Guard) error {
	switch {
	case g.Insecure && g.Secret:
		return pipeline.FieldErrorf("insecure", "remove this line: with a secret every address is allowed", "there is a secret too")
	case g.Insecure && g.TLS:
		return pipeline.FieldErrorf("insecure", "remove this line: with tls every address is allowed", "there is tls too")
	}
	return nil
}

// unguarded says which line to add: the secret first, since it is what almost everybody wants.
func unguarded(field, what string) error {
	return pipeline.FieldErrorf(field,
		"add `secret: ${FRAMEWIRE_SECRET}` to both ends (`framewire secret` makes one), or `insecure: true` where everybody may watch and send",
		"%s, and nothing protects it", what)
}

func checkPort(field, address, port string) error {
	n, err := strconv.Atoi(port)
	switch {
	case err != nil:
		return pipeline.FieldErrorf(field, "", "port %q of %q is not a number", port, address)
	case n < 0 || n > 65535 || (n == 0 && field != "listen"):
		return pipeline.FieldErrorf(field, "", "port %d of %q is not between 1 and 65535", n, address)
	}
	return nil
}

// IsLoopback reports whether a host as written is this machine and nobody else reaches it.
func IsLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}

// exampleHost is what a hint puts in front of a port.
func exampleHost(field string) string {
	if field == "group" {
		return "239.1.2.3"
	}
	return "127.0.0.1"
}
