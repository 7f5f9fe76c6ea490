package udp

import (
	"errors"
	"strings"
	"testing"
	"time"

	"framewire/pipeline"
	"framewire/transports/secret"
)

func TestPlaces(t *testing.T) {
	const hint = " (add `secret: ${FRAMEWIRE_SECRET}` to both ends (`framewire secret` makes one), or `insecure: true` where everybody may watch and send)"
	key := secret.New("a long passphrase")
	tests := []struct {
		listen, dial, group, iface string
		secret                     secret.Secret
		insecure                   bool
		err                        string
	}{
		{listen: "127.0.0.1:5000"},
		{listen: "[::1]:0"},
		{dial: "localhost:5000"},
		{listen: ":5000", secret: key},
		{dial: "camera:5000", insecure: true},
		{dial: "auto", secret: key},
		{dial: "auto:garden", secret: key},
		{group: "239.1.2.3:5000", secret: key},
		{group: "[ff15::7]:5000", iface: "eth0", insecure: true},
		{err: "listen: neither listen nor dial is given (write `listen: 127.0.0.1:5000` at one end and `dial: 127.0.0.1:5000` at the other)"},
		{listen: "127.0.0.1:1", dial: "127.0.0.1:2", err: "dial: both listen and dial are given (keep one of them)"},
		{listen: ":5000", err: `listen: ":5000" is reached from other machines, and nothing protects it` + hint},
		{group: "239.1.2.3:5000", err: `group: "239.1.2.3:5000" is reached from other machines, and nothing protects it` + hint},
		{group: "239.1.2.3:5000", dial: "localhost:1", secret: key, err: "group: group is given beside listen or dial (keep one of them)"},
		{group: "192.0.2.1:5000", secret: key, err: `group: "192.0.2.1:5000" is no multicast group (write one such as 239.1.2.3:5000 or [ff15::1:2]:5000)`},
		{group: "239.1.2.3", secret: key, err: `group: "239.1.2.3" is not an address (write HOST:PORT, such as 127.0.0.1:5000 or [::1]:5000)`},
		{listen: "127.0.0.1:1", iface: "eth0", err: "interface: it is for multicast groups, and no group is given (add `group`, or remove this line)"},
		{listen: ":5000", secret: key, insecure: true, err: "insecure: there is a secret too (remove this line: with a secret every address is allowed)"},
		{listen: ":5000", secret: secret.New("short"), err: "secret: it has 5 characters, and fewer than 12 are soon guessed (`framewire secret` makes a good one)"},
	}
	for _, test := range tests {
		send := sending(func(c *SendConfig) {
			c.Listen, c.Dial, c.Group, c.Interface, c.Secret, c.Insecure = test.listen, test.dial, test.group, test.iface, test.secret, test.insecure
		})
		receive := receiving(func(c *ReceiveConfig) {
			c.Listen, c.Dial, c.Group, c.Interface, c.Secret, c.Insecure = test.listen, test.dial, test.group, test.iface, test.secret, test.insecure
		})
		if got := text(send.Validate()); got != test.err {
			t.Errorf("send %+v:\n%q, want\n%q", test, got, test.err)
		}
		if got := text(receive.Validate()); got != test.err {
			t.Errorf("receive %+v:\n%q, want\n%q", test, got, test.err)
		}
	}
}

func TestSources(t *testing.T) {
	for _, test := range []struct{ group, source, err string }{
		{"239.1.2.3:5000", "192.168.1.20", ""},
		{"[ff3e::1]:5000", "2001:db8::1", ""},
		{"", "192.168.1.20", "source: it is for multicast groups, and no group is given (add `group`, or remove this line)"},
		{"239.1.2.3:5000", "camera", `source: "camera" is not the address of a machine (write an IP address such as 192.168.1.20)`},
		{"239.1.2.3:5000", "239.1.2.4", `source: "239.1.2.4" is not the address of a machine (write an IP address such as 192.168.1.20)`},
		{"239.1.2.3:5000", "2001:db8::1", `source: "2001:db8::1" does not go with group 239.1.2.3:5000 (write both as IPv4, or both as IPv6)`},
	} {
		cfg := receiving(func(c *ReceiveConfig) { c.Group, c.Source, c.Insecure = test.group, test.source, true })
		if test.group == "" {
			cfg.Listen = "127.0.0.1:1"
		}
		if got := text(cfg.Validate()); got != test.err {
			t.Errorf("%+v: %q, want %q", test, got, test.err)
		}
	}
}

func TestLimits(t *testing.T) {
	tests := []struct {
		change func(*SendConfig)
		err    string
	}{
		{func(c *SendConfig) { c.MaxFrame = 1023 }, "max_frame: 1023 is not between 1KiB and 1GiB"},
		{func(c *SendConfig) { c.Latency = 9 * time.Millisecond }, "latency: 9ms is not between 10ms and 10s"},
		{func(c *SendConfig) { c.Latency = time.Minute }, "latency: 1m0s is not between 10ms and 10s"},
		{func(c *SendConfig) { c.MTU = 1279 }, "mtu: 1279 is not between 1280 and 9000"},
		{func(c *SendConfig) { c.MTU = 9001 }, "mtu: 9001 is not between 1280 and 9000"},
		{func(c *SendConfig) { c.MinPeers = 0 }, "min_peers: 0 is not between 1 and max_peers, which is 1000"},
		{func(c *SendConfig) { c.MaxPeers = 70000 }, "max_peers: 70000 is not between 1 and 65535"},
		{func(c *SendConfig) { c.Listen, c.Dial, c.MinPeers = "", "localhost:1", 2 },
			"min_peers: 2 receivers cannot be waited for by dialling one (use `listen` here and `dial` in the receivers)"},
		{func(c *SendConfig) { c.Listen, c.Group, c.Insecure, c.MinPeers = "", "239.1.2.3:1", true, 2 },
			"min_peers: 2 receivers cannot be waited for in a group, where nobody answers (leave it out)"},
		{func(c *SendConfig) { c.MTU, c.MinPeers = 1, 0 },
			"mtu: 1 is not between 1280 and 9000\nmin_peers: 0 is not between 1 and max_peers, which is 1000"},
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

// fecCases are texts of the setting, and what is wrong with them.
var fecCases = []struct{ text, err string }{
	{"auto", ""}, {"off", ""}, {"1%", ""}, {"20%", ""}, {"100%", ""},
	{"20", `"20" has no percent sign (write 20%)`},
	{"101%", "101% is more than 100%"},
	{"-1%", `"-1%" is no amount of parity (write auto, off or a percentage such as 20%)`},
	{"", `"" is no amount of parity (write auto, off or a percentage such as 20%)`},
	{"much", `"much" is no amount of parity (write auto, off or a percentage such as 20%)`},
	{"99999999999%", `"99999999999%" is no amount of parity (write auto, off or a percentage such as 20%)`},
}

func TestFEC(t *testing.T) {
	for _, test := range fecCases {
		var f FEC
		err := f.UnmarshalText([]byte(test.text))
		if got := strings.TrimPrefix(text(err), ": "); got != test.err {
			t.Errorf("%q: %q, want %q", test.text, got, test.err)
		}
		if back, _ := f.MarshalText(); err == nil && string(back) != test.text {
			t.Errorf("%q is written %q", test.text, back)
		}
	}
	if f := (FEC{}); f.String() != "auto" {
		t.Errorf("the zero value is %s", f)
	}
}

func FuzzFEC(f *testing.F) {
	for _, test := range fecCases {
		f.Add(test.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var a, b FEC
		if a.UnmarshalText([]byte(text)) != nil {
			return
		}
		if err := b.UnmarshalText([]byte(a.String())); err != nil || a != b {
			t.Errorf("%q is read as %v and that as %v: %v", text, a, b, err)
		}
	})
}

func TestSpecs(t *testing.T) {
	for _, spec := range []pipeline.Spec{SendSpec(), ReceiveSpec()} {
		if spec.Name != "udp" || spec.Summary == "" || spec.Missing != "" {
			t.Errorf("spec %+v", spec)
		}
	}
	env, _ := testEnv(t)
	if _, err := SendSpec().NewSink(SendSpec().Config(), env); err != nil {
		t.Error(err)
	}
	if _, err := ReceiveSpec().NewSource(ReceiveSpec().Config(), env); err != nil {
		t.Error(err)
	}
}

func TestInsecureIsToldAtEveryStart(t *testing.T) {
	for _, test := range []struct {
		change func(*SendConfig)
		says   string
	}{
		{func(c *SendConfig) { c.Listen = loopback }, "and whoever reaches the port is served"},
		{func(c *SendConfig) { c.Dial = "127.0.0.1:9" }, "and the other end does not prove who it is"},
	} {
		s, log := startSender(t, sending(func(c *SendConfig) { c.Insecure = true; test.change(c) }), quick())
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if err := s.Open(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(log.String(), "insecure: pictures go over the network unencrypted, "+test.says); n != 2 {
			t.Errorf("%d warnings for two starts:\n%s", n, log)
		}
	}
}
