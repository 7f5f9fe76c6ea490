package discovery

import (
	"errors"
	"net/netip"
	"strconv"
	"strings"

	"golang.org/x/net/dns/dnsmessage"

	"framewire/transports/wire"
)

const (
	metaName   = "_services._dns-sd._udp.local." // RFC 6763, section 9
	classFlush = 1 << 15                         // with records: they replace all others (RFC 6762, section 10.2); with questions: unicast wanted

	ttlShared = 4500 // seconds; what RFC 6762, section 10 recommends
	ttlUnique = 120
	ttlLegacy = 10 // for queriers that know nothing of multicast DNS (section 6.7)

	maxMessage   = 9000 // bytes (RFC 6762, section 17)
	maxRecords   = 128  // looked at in one message
	maxAddresses = 16   // of one host
)

var errTooMany = errors.New("too many records")

// typeName is the DNS-SD type of a network.
func typeName(network string) string { return "_framewire._" + network + ".local." }

// offer is a service as its records say it.
type offer struct {
	service  Service
	instance string // the label
	target   string // the host's name in DNS, of its own so that nothing else speaks for it
}

func (o offer) name() string { return o.instance + "." + typeName(o.service.Network) }

// asked is what a question wants to know of a service.
type asked int

const (
	askedNothing asked = iota
	askedMeta          // which types there are
	askedType          // which services of the type there are
	askedName          // this service, or its host
)

// wants tells what a question wants of this service.
func (o offer) wants(q dnsmessage.Question) asked {
	is := func(name string, types ...dnsmessage.Type) bool {
		if !strings.EqualFold(q.Name.String(), name) {
			return false
		}
		for _, t := range types {
			if q.Type == t || q.Type == dnsmessage.TypeALL {
				return true
			}
		}
		return false
	}
	switch {
	case is(typeName(o.service.Network), dnsmessage.TypePTR):
		return askedType
	case is(o.name(), dnsmessage.TypeSRV, dnsmessage.TypeTXT), is(o.target, dnsmessage.TypeA, dnsmessage.TypeAAAA):
		return askedName
	case is(metaName, dnsmessage.TypePTR):
		return askedMeta
	}
	return askedNothing
}

// reply is a message about a service.
type reply struct {
	asked   asked
	addrs   []netip.Addr // of the interface that it goes out by
	goodbye bool         // the service is no more
	legacy  *query       // the question that it answers, for a one-shot querier
}

// message writes a reply.
func (o offer) message(r reply) ([]byte, error) {
	header := dnsmessage.Header{Response: true, Authoritative: true}
	shared, unique, class := uint32(ttlShared), uint32(ttlUnique), dnsmessage.ClassINET|classFlush
	switch {
	case r.goodbye:
		shared, unique = 0, 0
	case r.legacy != nil:
		header.ID = r.legacy.id
		shared, unique, class = ttlLegacy, ttlLegacy, dnsmessage.ClassINET
	}
	b := dnsmessage.NewBuilder(make([]byte, 0, 512), header)
	b.EnableCompression()
	w := writer{b: &b}
	if r.legacy != nil {
		w.try(b.StartQuestions())
		w.try(b.Question(r.legacy.question))
	}
	w.try(b.StartAnswers())
	if r.asked == askedMeta {
		w.ptr(metaName, typeName(o.service.Network), shared)
		return w.finish()
	}
	if r.asked == askedType {
		w.ptr(typeName(o.service.Network), o.name(), shared)
		w.try(b.StartAdditionals())
	}
	w.rest(o, r.addrs, unique, class)
	return w.finish()
}

// writer keeps the first error.
type writer struct {
	b   *dnsmessage.Builder
	err error
}

func (w *writer) try(err error) {
	if w.err == nil {
		w.err = err
	}
}

func (w *writer) finish() ([]byte, error) {
	if w.err != nil {
		return nil, w.err
	}
	return w.b.Finish()
}

func (w *writer) dnsName(text string) dnsmessage.Name {
	name, err := dnsmessage.NewName(text)
	w.try(err)
	return name
}

func (w *writer) ptr(from, to string, ttl uint32) {
	header := dnsmessage.ResourceHeader{Name: w.dnsName(from), Class: dnsmessage.ClassINET, TTL: ttl}
	w.try(w.b.PTRResource(header, dnsmessage.PTRResource{PTR: w.dnsName(to)}))
}

// rest writes the records that belong to this service alone.
func (w *writer) rest(o offer, addrs []netip.Addr, ttl uint32, class dnsmessage.Class) {
	header := dnsmessage.ResourceHeader{Name: w.dnsName(o.name()), Class: class, TTL: ttl}
	w.try(w.b.SRVResource(header, dnsmessage.SRVResource{Port: uint16(o.service.Port), Target: w.dnsName(o.target)}))
	w.try(w.b.TXTResource(header, dnsmessage.TXTResource{TXT: o.service.text()}))
	header.Name = w.dnsName(o.target)
	for _, addr := range addrs {
		if addr.Is4() {
			w.try(w.b.AResource(header, dnsmessage.AResource{A: addr.As4()}))
		} else {
			w.try(w.b.AAAAResource(header, dnsmessage.AAAAResource{AAAA: addr.As16()}))
		}
	}
}

// text is the TXT record: what a user wants to know before dialling.
func (s Service) text() []string {
	secured := "no"
	if s.Secured {
		secured = "yes"
	}
	return []string{
		"txtvers=1", "role=" + string(s.Role), "pipeline=" + wire.Cut(s.Pipeline, maxLabel),
		"version=" + strconv.Itoa(int(wire.Version)), "secured=" + secured,
	}
}

// question writes a query for the services of some networks, or for the name of one of them.
func question(kind dnsmessage.Type, names ...string) ([]byte, error) {
	b := dnsmessage.NewBuilder(make([]byte, 0, 128), dnsmessage.Header{})
	w := writer{b: &b}
	w.try(b.StartQuestions())
	for _, name := range names {
		w.try(b.Question(dnsmessage.Question{Name: w.dnsName(name), Type: kind, Class: dnsmessage.ClassINET}))
	}
	return w.finish()
}
