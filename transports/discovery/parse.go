package discovery

import (
	"net/netip"
	"strings"

	"golang.org/x/net/dns/dnsmessage"

	"framewire/transports/wire"
)

// query is one question of a message.
type query struct {
	id       uint16
	question dnsmessage.Question
}

// parseQueries gives the questions of a message; a message that answers has none.
func parseQueries(data []byte) ([]query, error) {
	var p dnsmessage.Parser
	header, err := p.Start(data)
	if err != nil || header.Response {
		return nil, err
	}
	var list []query
	for {
		q, err := p.Question()
		if err == dnsmessage.ErrSectionDone {
			return list, nil
		}
		if err != nil {
			return nil, err
		}
		if len(list) == maxRecords {
			return nil, errTooMany
		}
		list = append(list, query{id: header.ID, question: q})
	}
}

// answers is what a message says of services, by lower-case name.
type answers struct {
	services map[string]announced
	hosts    map[string][]netip.Addr
}

// announced is one service of a message.
type announced struct {
	instance string // as written
	network  string
	target   string // lower case
	port     uint16
	text     map[string]string
	gone     bool // the service takes its word back
}

// parseAnswers reads a message that answers. Records that have nothing to do with Framewire are passed by.
func parseAnswers(data []byte) (answers, error) {
	a := answers{services: map[string]announced{}, hosts: map[string][]netip.Addr{}}
	var p dnsmessage.Parser
	header, err := p.Start(data)
	if err != nil || !header.Response {
		return a, err
	}
	if err := p.SkipAllQuestions(); err != nil {
		return a, err
	}
	left := maxRecords
	if err := a.section(&p, p.AnswerHeader, p.SkipAnswer, &left); err != nil {
		return a, err
	}
	if err := p.SkipAllAuthorities(); err != nil {
		return a, err
	}
	return a, a.section(&p, p.AdditionalHeader, p.SkipAdditional, &left)
}

// section reads the records of one section.
func (a *answers) section(p *dnsmessage.Parser, next func() (dnsmessage.ResourceHeader, error), skip func() error, left *int) error {
	for ; ; *left-- {
		header, err := next()
		if err == dnsmessage.ErrSectionDone {
			return nil
		}
		if err != nil {
			return err
		}
		if *left == 0 {
			return errTooMany
		}
		name := strings.ToLower(header.Name.String())
		instance, network, ours := splitInstance(header.Name.String())
		switch {
		case header.Type == dnsmessage.TypeSRV && ours:
			r, err := p.SRVResource()
			if err != nil {
				return err
			}
			s := a.services[name]
			s.instance, s.network, s.gone = instance, network, header.TTL == 0
			s.target, s.port = strings.ToLower(r.Target.String()), r.Port
			a.services[name] = s
		case header.Type == dnsmessage.TypeTXT && ours:
			r, err := p.TXTResource()
			if err != nil {
				return err
			}
			s := a.services[name]
			s.text = keys(r.TXT)
			a.services[name] = s
		case header.Type == dnsmessage.TypeA:
			r, err := p.AResource()
			if err != nil {
				return err
			}
			a.address(name, netip.AddrFrom4(r.A))
		case header.Type == dnsmessage.TypeAAAA:
			r, err := p.AAAAResource()
			if err != nil {
				return err
			}
			a.address(name, netip.AddrFrom16(r.AAAA).Unmap())
		default:
			if err := skip(); err != nil {
				return err
			}
		}
	}
}

func (a *answers) address(host string, addr netip.Addr) {
	if len(a.hosts[host]) < maxAddresses {
		a.hosts[host] = append(a.hosts[host], addr)
	}
}

// splitInstance takes a service's name apart, where it is one of ours.
func splitInstance(name string) (instance, network string, ok bool) {
	for _, network := range []string{"tcp", "udp"} {
		suffix := "." + typeName(network)
		if at := len(name) - len(suffix); at > 0 && strings.EqualFold(name[at:], suffix) {
			return name[:at], network, true
		}
	}
	return "", "", false
}

// keys reads the strings of a TXT record that mean something here.
func keys(list []string) map[string]string {
	text := map[string]string{}
	for _, entry := range list {
		key, value, _ := strings.Cut(entry, "=")
		switch key = strings.ToLower(key); key {
		case "role", "pipeline", "secured":
			if _, twice := text[key]; !twice { // the first counts (RFC 6763, section 6.4)
				text[key] = wire.Cut(value, maxLabel)
			}
		}
	}
	return text
}

// found gives the services of a message that can be dialled, and the names of those that are no more.
func (a answers) found(p packet) (list []Found, gone []Found) {
	for _, s := range a.services {
		f := Found{Name: s.instance, Network: s.network, Role: Role(s.text["role"]), Pipeline: s.text["pipeline"], Secured: s.text["secured"] == "yes"}
		if s.gone {
			gone = append(gone, f)
			continue
		}
		addr, ok := choose(a.hosts[s.target], p)
		if !ok || s.port == 0 || f.Role != Sender && f.Role != Receiver {
			continue
		}
		f.Address = netip.AddrPortFrom(addr, s.port)
		list = append(list, f)
	}
	return list, gone
}

// choose takes the best of a host's addresses: the one that the message came from, since it is sure to be
// reached, else the first of IPv4, else any. Addresses that mean this machine or many are nobody's to
// announce.
func choose(addrs []netip.Addr, p packet) (best netip.Addr, ok bool) {
	for _, addr := range addrs {
		if addr.IsLoopback() || addr.IsUnspecified() || addr.IsMulticast() || addr == netip.AddrFrom4([4]byte{255, 255, 255, 255}) {
			continue
		}
		if addr.Is6() && addr.IsLinkLocalUnicast() {
			addr = addr.WithZone(p.zone)
		}
		switch {
		case addr.WithZone("") == p.from.Addr().WithZone(""):
			return addr, true
		case !ok || addr.Is4() && !best.Is4():
			best, ok = addr, true
		}
	}
	return best, ok
}
