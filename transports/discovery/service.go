package discovery

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/hashicorp/go-hclog"

	"framewire/transports/wire"
)

// Role is what an end does.
type Role string

// The roles, as announcements have them.
const (
	Sender   Role = "sender"
	Receiver Role = "receiver"
)

// Service is a listening end that wants to be found.
type Service struct {
	Network  string     // "tcp" or "udp"
	Role     Role       // its own
	Pipeline string     // the pipeline's name
	Host     string     // this machine's name; the system's where it is empty
	Addr     netip.Addr // that it is bound to; unspecified means every interface
	Port     int
	Secured  bool         // a secret or TLS is needed
	Log      hclog.Logger // nil: nothing is told
}

// Found is an end that somebody announces. Its words come from strangers: they are bounded, and Printable
// makes them fit for a terminal.
type Found struct {
	Name     string // such as "garden (kitchen-pi)"; no two of a network have the same
	Pipeline string
	Network  string // "tcp" or "udp"
	Role     Role
	Secured  bool
	Address  netip.AddrPort
}

// Query is what a dialling end looks for.
type Query struct {
	Network string // "tcp" or "udp"
	Role    Role   // of the end that is wanted
	Name    string // its Name or its Pipeline; empty takes the only one that there is
}

func (q Query) fits(f Found) bool {
	return f.Network == q.Network && f.Role == q.Role &&
		(q.Name == "" || strings.EqualFold(f.Name, q.Name) || strings.EqualFold(f.Pipeline, q.Name))
}

const (
	maxLabel    = 63 // bytes of a DNS label
	maxRenames  = 9
	maxHostname = 30 // bytes of it that go into an instance name
)

// instance names the n-th service of that pipeline and machine, the first being 0.
func (s Service) instance(n int) string {
	suffix := " (" + wire.Cut(label(s.Host), maxHostname) + ")"
	if n > 0 {
		suffix += " " + strconv.Itoa(n+1)
	}
	return wire.Cut(label(s.Pipeline), maxLabel-len(suffix)) + suffix
}

// label makes text fit for a DNS label: dots would divide it, and what cannot be seen helps nobody.
func label(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '.':
			return '-'
		case r == utf8.RuneError || !unicode.IsGraphic(r):
			return -1
		}
		return r
	}, text)
}

// Printable escapes what a terminal should not get from a stranger.
func Printable(text string) string {
	quoted := strconv.QuoteToGraphic(text)
	return quoted[1 : len(quoted)-1]
}

// byName orders what was found for people.
func byName(a, b Found) int {
	return cmp.Or(cmp.Compare(a.Role, b.Role), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Network, b.Network))
}

// pick takes the one end that fits, or says why there is none to take.
func pick(list []Found, q Query) (Found, error) {
	var fits []Found
	for _, f := range list {
		if q.fits(f) {
			fits = append(fits, f)
		}
	}
	switch {
	case len(fits) == 1:
		return fits[0], nil
	case len(fits) > 1:
		return Found{}, fmt.Errorf("%d %ss were found, write one of them after `dial: auto:`: %s", len(fits), q.Role, names(fits))
	case q.Name == "":
		return Found{}, fmt.Errorf("no %s was found in the local network: it has to listen on %s beyond loopback, or write its address after `dial:`", q.Role, q.Network)
	}
	q.Name, fits = "", nil
	for _, f := range list {
		if q.fits(f) {
			fits = append(fits, f)
		}
	}
	if len(fits) == 0 {
		return Found{}, fmt.Errorf("no %s of that name was found in the local network, nor any other", q.Role)
	}
	return Found{}, fmt.Errorf("no %s of that name was found in the local network, only %s", q.Role, names(fits))
}

// names lists some of them for a message.
func names(list []Found) string {
	slices.SortFunc(list, byName)
	const most = 8
	var words []string
	for i, f := range list {
		if i == most {
			words = append(words, fmt.Sprintf("and %d more", len(list)-most))
			break
		}
		words = append(words, `"`+Printable(f.Name)+`"`)
	}
	return strings.Join(words, ", ")
}
