package discovery

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
)

func mustQuestion(t testing.TB, name string) []byte {
	t.Helper()
	message, err := question(dnsmessage.TypePTR, name)
	if err != nil {
		t.Fatal(err)
	}
	return message
}

func gardenOffer() offer {
	s := garden()
	return offer{service: s, instance: s.instance(0), target: "framewire-01020304.local."}
}

func mustMessage(t testing.TB, o offer, r reply) []byte {
	t.Helper()
	message, err := o.message(r)
	if err != nil {
		t.Fatal(err)
	}
	return message
}

func TestMessagesCarryAllThatIsNeeded(t *testing.T) {
	addrs := []netip.Addr{netip.MustParseAddr("192.168.1.10"), netip.MustParseAddr("fe80::1")}
	q := query{id: 9, question: dnsmessage.Question{Name: dnsmessage.MustNewName(typeName("tcp")), Type: dnsmessage.TypePTR, Class: dnsmessage.ClassINET}}
	from := packet{from: netip.MustParseAddrPort("192.168.1.10:5353"), zone: "eth0"}
	for _, r := range []reply{{asked: askedType, addrs: addrs}, {asked: askedName, addrs: addrs}, {asked: askedType, addrs: addrs, legacy: &q}} {
		said, err := parseAnswers(mustMessage(t, gardenOffer(), r))
		if err != nil {
			t.Fatal(err)
		}
		list, gone := said.found(from)
		want := Found{
			Name: "garden (kitchen-pi)", Pipeline: "garden", Network: "tcp", Role: Sender, Secured: true,
			Address: netip.MustParseAddrPort("192.168.1.10:5000"),
		}
		if len(list) != 1 || list[0] != want || len(gone) != 0 {
			t.Errorf("%+v gives %+v, gone %+v", r, list, gone)
		}
	}
	said, err := parseAnswers(mustMessage(t, gardenOffer(), reply{asked: askedType, goodbye: true}))
	if err != nil {
		t.Fatal(err)
	}
	if list, gone := said.found(from); len(list) != 0 || len(gone) != 1 {
		t.Errorf("goodbye gives %+v, gone %+v", list, gone)
	}
}

func TestWhatAQuestionWants(t *testing.T) {
	tests := []struct {
		name string
		kind dnsmessage.Type
		want asked
	}{
		{"_framewire._tcp.local.", dnsmessage.TypePTR, askedType},
		{"_FrameWire._TCP.local.", dnsmessage.TypeALL, askedType},
		{"_framewire._udp.local.", dnsmessage.TypePTR, askedNothing},
		{"_framewire._tcp.local.", dnsmessage.TypeA, askedNothing},
		{"garden (kitchen-pi)._framewire._tcp.local.", dnsmessage.TypeSRV, askedName},
		{"framewire-01020304.local.", dnsmessage.TypeA, askedName},
		{"kitchen-pi.local.", dnsmessage.TypeA, askedNothing},
		{"_services._dns-sd._udp.local.", dnsmessage.TypePTR, askedMeta},
	}
	for _, tt := range tests {
		q := dnsmessage.Question{Name: dnsmessage.MustNewName(tt.name), Type: tt.kind, Class: dnsmessage.ClassINET}
		if got := gardenOffer().wants(q); got != tt.want {
			t.Errorf("%s %s: %d, want %d", tt.name, tt.kind, got, tt.want)
		}
	}
}

func TestInstanceNames(t *testing.T) {
	tests := []struct {
		pipeline, host string
		n              int
		want           string
	}{
		{"garden", "kitchen-pi", 0, "garden (kitchen-pi)"},
		{"garden", "kitchen-pi", 1, "garden (kitchen-pi) 2"},
		{"cam.1", "a.b", 0, "cam-1 (a-b)"},
		{"tab\tbell\a", "h", 0, "tabbell (h)"},
		{strings.Repeat("ä", 60), strings.Repeat("h", 60), 0, strings.Repeat("ä", 15) + " (" + strings.Repeat("h", 30) + ")"},
	}
	for _, tt := range tests {
		got := Service{Pipeline: tt.pipeline, Host: tt.host}.instance(tt.n)
		if got != tt.want || len(got) > maxLabel {
			t.Errorf("%q at %q: %q, want %q", tt.pipeline, tt.host, got, tt.want)
		}
	}
}

func TestChosenAddress(t *testing.T) {
	addrs := func(list ...string) (out []netip.Addr) {
		for _, a := range list {
			out = append(out, netip.MustParseAddr(a))
		}
		return out
	}
	tests := []struct {
		addrs []netip.Addr
		from  string
		want  string
	}{
		{addrs("10.0.0.1", "192.168.1.10"), "192.168.1.10", "192.168.1.10"},
		{addrs("10.0.0.1", "192.168.1.10"), "172.16.0.1", "10.0.0.1"},
		{addrs("fd00::1", "192.168.1.10"), "172.16.0.1", "192.168.1.10"},
		{addrs("fe80::1"), "fe80::1%eth0", "fe80::1%eth0"},
		{addrs("fe80::1", "10.0.0.1"), "fe80::1%eth0", "fe80::1%eth0"},
		{addrs("127.0.0.1", "::1", "0.0.0.0", "224.0.0.251", "255.255.255.255"), "192.168.1.66", ""},
		{nil, "192.168.1.66", ""},
	}
	for _, tt := range tests {
		got, ok := choose(tt.addrs, packet{from: netip.AddrPortFrom(netip.MustParseAddr(tt.from), mdnsPort), zone: "eth0"})
		if ok != (tt.want != "") || ok && got != netip.MustParseAddr(tt.want) {
			t.Errorf("of %v from %s: %s, want %q", tt.addrs, tt.from, got, tt.want)
		}
	}
}

// TestStrangersTakeNoMemory has a crowd of made-up services found.
func TestStrangersTakeNoMemory(t *testing.T) {
	var list []Found
	from := packet{from: netip.MustParseAddrPort("192.168.1.66:5353")}
	for i := range 10 * maxFound {
		o := gardenOffer()
		o.instance = fmt.Sprintf("made up %d", i)
		from.data = mustMessage(t, o, reply{asked: askedType, addrs: []netip.Addr{from.from.Addr()}})
		list = collect(list, from, []string{"tcp"})
	}
	if len(list) != maxFound {
		t.Errorf("%d services are kept", len(list))
	}
	direct := from
	direct.direct = true
	if got := collect(nil, direct, []string{"tcp"}); len(got) != 0 {
		t.Error("a message that may come from far away is believed")
	}
}

func TestAMessageWithTooManyRecordsIsRefused(t *testing.T) {
	b := dnsmessage.NewBuilder(nil, dnsmessage.Header{Response: true})
	b.EnableCompression()
	if err := b.StartAnswers(); err != nil {
		t.Fatal(err)
	}
	for range maxRecords + 1 {
		header := dnsmessage.ResourceHeader{Name: dnsmessage.MustNewName("a.local."), Class: dnsmessage.ClassINET}
		if err := b.AResource(header, dnsmessage.AResource{}); err != nil {
			t.Fatal(err)
		}
	}
	message, err := b.Finish()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parseAnswers(message); err != errTooMany {
		t.Errorf("got %v", err)
	}
}

func TestPrintable(t *testing.T) {
	for in, want := range map[string]string{
		"garden (pi)": "garden (pi)", "Küche": "Küche", "a\x1b[2J": `a\x1b[2J`, "a\u202eb": `a\u202eb`, "a\nb": `a\nb`, "\xff": `\xff`,
	} {
		if got := Printable(in); got != want {
			t.Errorf("%q is printed %q, want %q", in, got, want)
		}
	}
}

// FuzzMessage reads whatever comes as a browser and as an announcer do.
func FuzzMessage(f *testing.F) {
	addrs := []netip.Addr{netip.MustParseAddr("192.168.1.10"), netip.MustParseAddr("fe80::1")}
	f.Add(mustQuestion(f, typeName("tcp")))
	f.Add(mustQuestion(f, metaName))
	for _, what := range []asked{askedMeta, askedType, askedName} {
		f.Add(mustMessage(f, gardenOffer(), reply{asked: what, addrs: addrs}))
	}
	f.Add(mustMessage(f, gardenOffer(), reply{asked: askedType, goodbye: true}))
	f.Fuzz(func(t *testing.T, data []byte) {
		queries, err := parseQueries(data)
		if len(queries) > maxRecords {
			t.Errorf("%d queries", len(queries))
		}
		if err == nil {
			for _, q := range queries {
				if what := gardenOffer().wants(q.question); what != askedNothing {
					if _, err := gardenOffer().message(reply{asked: what, addrs: addrs, legacy: &q}); err != nil {
						t.Errorf("a question cannot be answered: %v", err)
					}
				}
			}
		}
		list := collect(nil, packet{data: data, from: netip.MustParseAddrPort("192.168.1.66:5353")}, []string{"tcp", "udp"})
		for _, found := range list {
			if len(found.Name) > 255 || len(found.Pipeline) > maxLabel || !found.Address.IsValid() || found.Address.Addr().IsLoopback() {
				t.Errorf("found %+v", found)
			}
			if !slices.Contains([]Role{Sender, Receiver}, found.Role) {
				t.Errorf("role %q", found.Role)
			}
		}
	})
}
