package discovery

import (
	"bytes"
	"context"
	"errors"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hashicorp/go-hclog"
)

// garden is a service as a test wants it.
func garden() Service {
	return Service{
		Network: "tcp", Role: Sender, Pipeline: "garden", Host: "kitchen-pi",
		Addr: netip.IPv4Unspecified(), Port: 5000, Secured: true,
	}
}

// established lets announcements settle: three probes and the first telling.
func established() { time.Sleep(time.Second); synctest.Wait() }

func TestFind(t *testing.T) {
	with := func(change func(*Service)) Service {
		s := garden()
		change(&s)
		return s
	}
	door := with(func(s *Service) { s.Pipeline = "door"; s.Port = 5001 })
	viewer := with(func(s *Service) { s.Role = Receiver; s.Pipeline = "viewer" })
	datagrams := with(func(s *Service) { s.Network = "udp" })
	hostile := with(func(s *Service) { s.Pipeline = "a\u202eb\x1b[2Jc\"d" })
	tests := []struct {
		name     string
		services []Service
		query    Query
		want     string
		err      string
	}{
		{"the only one", []Service{garden()}, Query{"tcp", Sender, ""}, "192.168.1.10:5000", ""},
		{"among others", []Service{garden(), viewer, datagrams}, Query{"tcp", Sender, ""}, "192.168.1.10:5000", ""},
		{"the other role", []Service{garden(), viewer}, Query{"tcp", Receiver, ""}, "192.168.1.11:5000", ""},
		{"the other transport", []Service{garden(), datagrams}, Query{"udp", Sender, ""}, "192.168.1.11:5000", ""},
		{"by name", []Service{garden(), door}, Query{"tcp", Sender, "Door (kitchen-pi)"}, "192.168.1.11:5001", ""},
		{"by pipeline", []Service{garden(), door}, Query{"tcp", Sender, "door"}, "192.168.1.11:5001", ""},
		{"several", []Service{garden(), door}, Query{"tcp", Sender, ""}, "",
			"2 senders were found, write one of them after `dial: auto:`: \"door (kitchen-pi)\", \"garden (kitchen-pi)\""},
		{"none", []Service{viewer}, Query{"tcp", Sender, ""}, "",
			"no sender was found in the local network: it has to listen on tcp beyond loopback, or write its address after `dial:`"},
		{"none of that name", []Service{door, garden()}, Query{"tcp", Sender, "attic"}, "",
			"no sender of that name was found in the local network, only \"door (kitchen-pi)\", \"garden (kitchen-pi)\""},
		{"none at all", nil, Query{"tcp", Sender, "attic"}, "",
			"no sender of that name was found in the local network, nor any other"},
		{"hostile name", []Service{hostile, door}, Query{"tcp", Sender, ""}, "",
			"2 senders were found, write one of them after `dial: auto:`: \"ab[2Jc\\\"d (kitchen-pi)\", \"door (kitchen-pi)\""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := new(hub)
				for i, s := range tt.services {
					addr := netip.AddrFrom4([4]byte{192, 168, 1, byte(10 + i)}).String()
					defer announce(t.Context(), s, h.open(addr))()
				}
				established()
				got, err := find(t.Context(), h.open("192.168.1.99"), tt.query)
				if got != tt.want || err == nil && tt.err != "" || err != nil && err.Error() != tt.err {
					t.Errorf("got %q, %v\nwant %q, %s", got, err, tt.want, tt.err)
				}
			})
		})
	}
}

func TestBrowseTellsWhatWasAnnounced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := new(hub)
		defer announce(t.Context(), garden(), h.open("192.168.1.10"))()
		established()
		list, err := browse(t.Context(), h.open("192.168.1.99"), []string{"tcp", "udp"}, nil)
		if err != nil {
			t.Fatal(err)
		}
		want := Found{
			Name: "garden (kitchen-pi)", Pipeline: "garden", Network: "tcp", Role: Sender, Secured: true,
			Address: netip.MustParseAddrPort("192.168.1.10:5000"),
		}
		if len(list) != 1 || list[0] != want {
			t.Errorf("found %+v, want %+v", list, want)
		}
	})
}

func TestFindByNameDoesNotWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := new(hub)
		defer announce(t.Context(), garden(), h.open("192.168.1.10"))()
		time.Sleep(10 * time.Second)
		began := time.Now()
		if _, err := find(t.Context(), h.open("192.168.1.99"), Query{"tcp", Sender, "garden (kitchen-pi)"}); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took > (spreadLeast+spread)*time.Millisecond {
			t.Errorf("took %s", took)
		}
	})
}

func TestFindTheOnlyOneWaitsForOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := new(hub)
		defer announce(t.Context(), garden(), h.open("192.168.1.10"))()
		time.Sleep(10 * time.Second)
		began := time.Now()
		if _, err := find(t.Context(), h.open("192.168.1.99"), Query{"tcp", Sender, ""}); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took != settled {
			t.Errorf("took %s, want %s", took, settled)
		}
	})
}

func TestSearchSurvivesLostQuestions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := new(hub)
		defer announce(t.Context(), garden(), h.open("192.168.1.10"))()
		established()
		n := 0
		h.lose = func([]byte) bool { n++; return n != 3 && n != 4 } // the third question and its answer come through
		if _, err := find(t.Context(), h.open("192.168.1.99"), Query{"tcp", Sender, ""}); err != nil {
			t.Error(err)
		}
	})
}

func TestTwoOfOneNameGetTwo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := new(hub)
		// At once: both probe, both tell, one gives way. Later: the probe is answered.
		for _, addr := range []string{"192.168.1.10", "192.168.1.11"} {
			defer announce(t.Context(), garden(), h.open(addr))()
		}
		time.Sleep(10 * time.Second)
		defer announce(t.Context(), garden(), h.open("192.168.1.12"))()
		time.Sleep(10 * time.Second)
		list, err := browse(t.Context(), h.open("192.168.1.99"), []string{"tcp"}, nil)
		if err != nil {
			t.Fatal(err)
		}
		names := map[string]netip.AddrPort{}
		for _, f := range list {
			names[f.Name] = f.Address
		}
		for _, name := range []string{"garden (kitchen-pi)", "garden (kitchen-pi) 2", "garden (kitchen-pi) 3"} {
			if !names[name].IsValid() {
				t.Errorf("nobody is called %q: %v", name, names)
			}
		}
		if names["garden (kitchen-pi) 3"] != netip.MustParseAddrPort("192.168.1.12:5000") {
			t.Errorf("who came last did not give way: %v", names)
		}
	})
}

// TestNamesCannotBeTakenAway has a station claim every name that it sees asked for.
func TestNamesCannotBeTakenAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := new(hub)
		thief := h.station(netip.MustParseAddrPort("192.168.1.66:5353"))
		ctx, cancel := context.WithCancel(t.Context())
		packets, received := receive(ctx, thief)
		defer func() { cancel(); thief.close(); <-received }()
		go func() {
			for {
				select {
				case p := <-packets:
					queries, _ := parseQueries(p.data)
					for _, q := range queries {
						if instance, _, ok := splitInstance(q.question.Name.String()); ok {
							claim := offer{service: garden(), instance: instance, target: "zzz.local."}
							_ = thief.multicast(mustMessage(t, claim, reply{asked: askedName}), thief.link)
						}
					}
				case <-ctx.Done():
					return
				}
			}
		}()
		defer announce(t.Context(), garden(), h.open("192.168.1.10"))()
		time.Sleep(time.Minute)
		at, err := find(t.Context(), h.open("192.168.1.99"), Query{"tcp", Sender, "garden (kitchen-pi) 10"})
		if at != "192.168.1.10:5000" {
			t.Errorf("found %q, %v", at, err)
		}
	})
}

func TestGoodbye(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := new(hub)
		stop := announce(t.Context(), garden(), h.open("192.168.1.10"))
		established()
		result := make(chan []Found, 1)
		go func() {
			list, _ := browse(t.Context(), h.open("192.168.1.99"), []string{"tcp"}, nil)
			result <- list
		}()
		time.Sleep(time.Second) // it has been found
		stop()
		stop() // a second time does no harm
		if list := <-result; len(list) != 0 {
			t.Errorf("still there after its goodbye: %+v", list)
		}
	})
}

func TestAnswersAreLimited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := new(hub)
		defer announce(t.Context(), garden(), h.open("192.168.1.10"))()
		time.Sleep(10 * time.Second)
		before := h.answersSent()
		asker := h.station(netip.MustParseAddrPort("192.168.1.66:5353"))
		defer asker.close()
		message := mustQuestion(t, typeName("tcp"))
		for range 1000 {
			_ = asker.multicast(message, asker.link)
			time.Sleep(10 * time.Millisecond)
		}
		if n := h.answersSent() - before; n < 9 || n > 11 {
			t.Errorf("%d answers in ten seconds", n)
		}
	})
}

func TestOneShotQueriersAreAnsweredDirectly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := new(hub)
		defer announce(t.Context(), garden(), h.open("192.168.1.10"))()
		established()
		asker, stranger := h.station(netip.MustParseAddrPort("192.168.1.66:40000")), h.station(netip.MustParseAddrPort("10.9.9.9:40000"))
		defer asker.close()
		defer stranger.close()
		drain(asker)
		drain(stranger)
		message := mustQuestion(t, typeName("tcp"))
		message[1] = 7 // its number
		_ = asker.multicast(message, asker.link)
		_ = stranger.multicast(message, stranger.link)
		synctest.Wait()
		var direct []packet
		for len(asker.inbox) > 0 {
			if p := <-asker.inbox; p.direct {
				direct = append(direct, p)
			}
		}
		if len(direct) != 1 || direct[0].data[1] != 7 {
			t.Fatalf("%d direct answers", len(direct))
		}
		said, err := parseAnswers(direct[0].data)
		if err != nil || len(said.services) != 1 {
			t.Errorf("answer %+v, %v", said, err)
		}
		for len(stranger.inbox) > 0 {
			if p := <-stranger.inbox; p.direct {
				t.Error("an address outside of the network was answered")
			}
		}
	})
}

func TestLoopbackIsNotAnnounced(t *testing.T) {
	s := garden()
	s.Addr = netip.MustParseAddr("127.0.0.1")
	announce(t.Context(), s, func() (medium, error) {
		t.Error("a service on loopback opens sockets")
		return nil, errors.New("no")
	})()
}

func TestOnlyTheBoundAddressIsAnnounced(t *testing.T) {
	l := link{prefixes: []netip.Prefix{
		netip.MustParsePrefix("192.168.1.10/24"), netip.MustParsePrefix("fe80::1/64"), netip.MustParsePrefix("127.0.0.1/8"),
	}}
	tests := []struct {
		bound string
		want  int
	}{{"0.0.0.0", 1}, {"::", 2}, {"192.168.1.10", 1}, {"192.168.1.11", 0}, {"fe80::1%eth0", 1}, {"::ffff:192.168.1.10", 1}}
	for _, tt := range tests {
		s := garden()
		s.Addr = netip.MustParseAddr(tt.bound)
		if got := newAnnouncer(s, nil).addrs(l); len(got) != tt.want {
			t.Errorf("bound to %s: announces %v", tt.bound, got)
		}
	}
}

func TestWithoutSocketsThereIsAWarning(t *testing.T) {
	var log bytes.Buffer
	s := garden()
	s.Log = hclog.New(&hclog.LoggerOptions{Output: &log, DisableTime: true})
	open := func() (medium, error) { return nil, errors.New("no such luck") }
	stop := announce(t.Context(), s, open)
	stop()
	if want := "[WARN]  cannot be announced in the local network, `announce: false` ends this warning: cause=\"no such luck\"\n"; log.String() != want {
		t.Errorf("log %q, want %q", log.String(), want)
	}
	if _, err := find(t.Context(), open, Query{"tcp", Sender, ""}); err == nil || err.Error() != "no such luck" {
		t.Errorf("find: %v", err)
	}
}

func TestSearchEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		if _, err := find(ctx, new(hub).open("192.168.1.99"), Query{"tcp", Sender, ""}); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	})
}

// TestRealNetwork announces and finds over this machine's own interfaces.
func TestRealNetwork(t *testing.T) {
	probe, err := openSockets()
	if err != nil {
		t.Skipf("no sockets for multicast here: %v", err)
	}
	links := probe.interfaces()
	probe.close()
	if len(links) == 0 {
		t.Skip("no interface here knows multicast")
	}
	s := garden()
	s.Host = "test-" + strings.TrimSuffix(newAnnouncer(s, nil).offer.target, ".local.") // nobody else's
	defer Announce(t.Context(), s)()
	var got string
	for range 5 { // it is announced a second after its start, and the machine may be slow
		if got, err = Find(t.Context(), Query{"tcp", Sender, s.instance(0)}); err == nil {
			break
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	at := netip.MustParseAddrPort(got)
	if at.Port() != 5000 {
		t.Errorf("found %s", at)
	}
	for _, l := range links {
		for _, p := range l.prefixes {
			if p.Addr() == at.Addr() {
				return
			}
		}
	}
	t.Errorf("%s is no address of this machine", at)
}

func drain(s *station) {
	for len(s.inbox) > 0 {
		<-s.inbox
	}
}
