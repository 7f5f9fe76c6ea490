package tcp

import (
	"errors"
	"net"
	"slices"
	"strings"
	"testing"

	"framewire/pipeline"
)

func TestAddressPolicy(t *testing.T) {
	const (
		reached = ` is reached from other machines, and nothing is encrypted or authenticated yet (add ` + "`insecure: true`" + ` to this listen if the network is trusted)`
		other   = ` may be another machine, and nothing is encrypted or authenticated yet (add ` + "`insecure: true`" + ` to this dial if the network is trusted)`
	)
	tests := []struct {
		listen, dial string
		insecure     bool
		err          string
	}{
		{"127.0.0.1:5000", "", false, ""},
		{"127.9.9.9:5000", "", false, ""},
		{"[::1]:5000", "", false, ""},
		{"[::ffff:127.0.0.1]:5000", "", false, ""},
		{"localhost:5000", "", false, ""},
		{"LOCALHOST:5000", "", false, ""},
		{"127.0.0.1:0", "", false, ""},
		{"", "127.0.0.1:5000", false, ""},
		{"", "localhost:65535", false, ""},
		{":5000", "", true, ""},
		{"", "camera.example.org:5000", true, ""},
		{":5000", "", false, `listen: ":5000"` + reached},
		{"0.0.0.0:5000", "", false, `listen: "0.0.0.0:5000"` + reached},
		{"[::]:5000", "", false, `listen: "[::]:5000"` + reached},
		{"192.0.2.7:5000", "", false, `listen: "192.0.2.7:5000"` + reached},
		{"localhost.example.org:5000", "", false, `listen: "localhost.example.org:5000"` + reached},
		{"", "192.0.2.7:5000", false, `dial: "192.0.2.7:5000"` + other},
		{"", "camera:5000", false, `dial: "camera:5000"` + other},
		{"", "", false, "listen: neither listen nor dial is given (write `listen: 127.0.0.1:5000` at one end and `dial: 127.0.0.1:5000` at the other)"},
		{"127.0.0.1:1", "127.0.0.1:2", false, "dial: both listen and dial are given (keep one of them)"},
		{"127.0.0.1:70000", "", false, `listen: port 70000 of "127.0.0.1:70000" is not between 1 and 65535`},
		{"127.0.0.1:-1", "", false, `listen: port -1 of "127.0.0.1:-1" is not between 1 and 65535`},
		{"", "127.0.0.1:0", false, `dial: port 0 of "127.0.0.1:0" is not between 1 and 65535`},
		{"127.0.0.1:http", "", false, `listen: port "http" of "127.0.0.1:http" is not a number`},
		{"127.0.0.1", "", false, `listen: "127.0.0.1" is not an address (write HOST:PORT, such as 127.0.0.1:5000 or [::1]:5000)`},
		{"::1:5000", "", false, `listen: "::1:5000" is not an address (write HOST:PORT, such as 127.0.0.1:5000 or [::1]:5000)`},
		{"", ":5000", true, `dial: ":5000" names no host (write HOST:PORT, such as 127.0.0.1:5000)`},
		{"", "tcp://127.0.0.1:5000", true, `dial: "tcp://127.0.0.1:5000" is not an address (write HOST:PORT, such as 127.0.0.1:5000 or [::1]:5000)`},
		{"", "user@host:5000", true, `dial: "user@host" is not a host (write HOST:PORT without a scheme or a path)`},
	}
	for _, test := range tests {
		send, receive := sendDefaults(), receiveDefaults()
		send.Listen, send.Dial, send.Insecure = test.listen, test.dial, test.insecure
		receive.Listen, receive.Dial, receive.Insecure = test.listen, test.dial, test.insecure
		if got := text(send.Validate()); got != test.err {
			t.Errorf("send %q %q: %q, want %q", test.listen, test.dial, got, test.err)
		}
		if got := text(receive.Validate()); got != test.err {
			t.Errorf("receive %q %q: %q, want %q", test.listen, test.dial, got, test.err)
		}
	}
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestSendLimits(t *testing.T) {
	tests := []struct {
		change func(*SendConfig)
		err    string
	}{
		{func(c *SendConfig) { c.MaxFrame = 1023 }, "max_frame: 1023 is not between 1KiB and 1GiB"},
		{func(c *SendConfig) { c.MaxFrame = 2 << 30 }, "max_frame: 2GiB is not between 1KiB and 1GiB"},
		{func(c *SendConfig) { c.MinPeers = 0 }, "min_peers: 0 is not between 1 and max_peers, which is 1000"},
		{func(c *SendConfig) { c.MinPeers, c.MaxPeers = 3, 2 }, "min_peers: 3 is not between 1 and max_peers, which is 2"},
		{func(c *SendConfig) { c.MaxPeers = 70000 }, "max_peers: 70000 is not between 1 and 65535"},
		{func(c *SendConfig) { c.Listen, c.Dial, c.MinPeers = "", "localhost:1", 2 },
			"min_peers: 2 receivers cannot be waited for by dialling one (use `listen` here and `dial` in the receivers)"},
		{func(c *SendConfig) { c.MaxFrame, c.MinPeers = 1, 0 },
			"max_frame: 1 is not between 1KiB and 1GiB\nmin_peers: 0 is not between 1 and max_peers, which is 1000"},
	}
	for _, test := range tests {
		cfg := sendDefaults()
		cfg.Listen = "127.0.0.1:5000"
		test.change(&cfg)
		err := cfg.Validate()
		if got := text(err); got != test.err {
			t.Errorf("got %q, want %q", got, test.err)
		}
		if field := (*pipeline.FieldError)(nil); !errors.As(err, &field) {
			t.Errorf("%v names no field", err)
		}
	}
}

func TestSpecs(t *testing.T) {
	for _, spec := range []pipeline.Spec{SendSpec(), ReceiveSpec()} {
		if spec.Name != "tcp" || spec.Summary == "" || spec.Missing != "" {
			t.Errorf("spec %+v", spec)
		}
	}
	env, _ := testEnv(t)
	cfg := SendSpec().Config().(*SendConfig)
	if *cfg != (SendConfig{MaxFrame: 64 << 20, MinPeers: 1, MaxPeers: 1000}) {
		t.Errorf("send defaults are %+v", *cfg)
	}
	if _, err := SendSpec().NewSink(cfg, env); err != nil {
		t.Error(err)
	}
	if _, err := ReceiveSpec().NewSource(ReceiveSpec().Config(), env); err != nil {
		t.Error(err)
	}
}

func TestDialable(t *testing.T) {
	interfaces := func() ([]net.Addr, error) {
		var list []net.Addr
		for _, s := range []string{"127.0.0.1/8", "192.0.2.7/24", "fe80::1/64", "2001:db8::7/64"} {
			ip, network, _ := net.ParseCIDR(s)
			list = append(list, &net.IPNet{IP: ip, Mask: network.Mask})
		}
		return list, nil
	}
	tests := []struct {
		bound string
		want  []string
	}{
		{"127.0.0.1:5000", []string{"127.0.0.1:5000"}},
		{"192.0.2.7:5000", []string{"192.0.2.7:5000"}},
		{"[::]:5000", []string{"192.0.2.7:5000", "[2001:db8::7]:5000", "127.0.0.1:5000 on this machine"}},
		{"0.0.0.0:5000", []string{"192.0.2.7:5000", "127.0.0.1:5000 on this machine"}},
	}
	for _, test := range tests {
		bound, err := net.ResolveTCPAddr("tcp", test.bound)
		if err != nil {
			t.Fatal(err)
		}
		if got := dialable(bound, interfaces); !slices.Equal(got, test.want) {
			t.Errorf("%s is dialled as %v, want %v", test.bound, got, test.want)
		}
	}
}

func TestBusyPort(t *testing.T) {
	first, log := startSender(t, SendConfig{Listen: loopback}, quick())
	log.await(t, "listening: the receiver can dial "+address(first.end))
	env, _ := testEnv(t)
	second := newSender(SendConfig{Listen: address(first.end)}, env, quick())
	err := second.Open(t.Context())
	want := "listen " + address(first.end) + ": the address is in use by another program: stop it (`ss -ltnp` shows which it is) or choose another port"
	if text(err) != want {
		t.Errorf("got %q, want %q", text(err), want)
	}
}

// An end that dials serves nobody.
func TestInsecureDialSaysWhatItRisks(t *testing.T) {
	_, log := startSender(t, SendConfig{Dial: "127.0.0.1:1", Insecure: true}, quick())
	want := "[WARN]  insecure: pictures go over the network unencrypted, and the other end does not prove who it is: address=127.0.0.1:1\n"
	if !strings.Contains(log.String(), want) || strings.Contains(log.String(), "whoever") {
		t.Errorf("got\n%swant %s", log, want)
	}
}

func TestReceiversInWords(t *testing.T) {
	for n, want := range map[int]string{0: "0 receivers", 1: "1 receiver", 2: "2 receivers"} {
		if got := receivers(n); got != want {
			t.Errorf("%d: %s", n, got)
		}
	}
}

func TestInsecureIsToldAtEveryStart(t *testing.T) {
	s, log := startSender(t, SendConfig{Listen: loopback, Insecure: true}, quick())
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(log.String(), "insecure: pictures go over the network unencrypted"); n != 2 {
		t.Errorf("%d warnings for two starts:\n%s", n, log)
	}
}
