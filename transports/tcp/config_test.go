package tcp

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"framewire/pipeline"
	"framewire/transports/secret"
	"framewire/transports/secure"
)

// The addresses themselves are package address's.
func TestProtection(t *testing.T) {
	const (
		add   = "%s, and nothing protects it (add `secret: ${FRAMEWIRE_SECRET}` to both ends (`framewire secret` makes one), or `insecure: true` where everybody may watch and send)"
		short = "secret: it has 5 characters, and fewer than 12 are soon guessed (`framewire secret` makes a good one)"
	)
	certificate := secure.TLS{Cert: "c.pem", Key: "k.pem", CA: "ca.pem"}
	named := certificate
	named.ServerName = "camera"
	tests := []struct {
		listen, dial, secret string
		tls                  secure.TLS
		insecure             bool
		err                  string
	}{
		{listen: "127.0.0.1:5000"},
		{dial: "localhost:5000"},
		{listen: ":5000", secret: testSecret},
		{listen: ":5000", tls: certificate},
		{listen: ":5000", tls: certificate, secret: testSecret},
		{listen: ":5000", insecure: true},
		{dial: "camera:5000", secret: testSecret},
		{dial: "camera:5000", tls: named},
		{dial: "auto", secret: testSecret},
		{dial: "auto:garden", insecure: true},
		{listen: ":5000", err: fmt.Sprintf("listen: "+add, `":5000" is reached from other machines`)},
		{dial: "camera:5000", err: fmt.Sprintf("dial: "+add, `"camera:5000" may be another machine`)},
		{dial: "auto", err: fmt.Sprintf("dial: "+add, "what answers may be another machine")},
		{err: "listen: neither listen nor dial is given (write `listen: 127.0.0.1:5000` at one end and `dial: 127.0.0.1:5000` at the other)"},
		{listen: ":5000", secret: "short", err: short},
		{listen: "127.0.0.1:5000", secret: "short", err: short},
		{listen: ":5000", secret: testSecret, insecure: true, err: "insecure: there is a secret too (remove this line: with a secret every address is allowed)"},
		{listen: ":5000", tls: certificate, insecure: true, err: "insecure: there is tls too (remove this line: with tls every address is allowed)"},
		{listen: ":5000", tls: secure.TLS{Cert: "c.pem", CA: "ca.pem"}, err: "tls.key: is missing (both ends show a certificate: write cert and key)"},
		{listen: ":5000", tls: named, err: "tls.server_name: only an end that dials checks a name (remove it)"},
		{listen: "5000", secret: "short", err: "listen: \"5000\" is not an address (write HOST:PORT, such as 127.0.0.1:5000 or [::1]:5000)\n" + short},
	}
	for _, test := range tests {
		send, receive := sendDefaults(), receiveDefaults()
		send.Listen, send.Dial, send.Secret, send.TLS, send.Insecure = test.listen, test.dial, secret.New(test.secret), test.tls, test.insecure
		receive.Listen, receive.Dial, receive.Secret, receive.TLS, receive.Insecure = send.Listen, send.Dial, send.Secret, send.TLS, send.Insecure
		if got := text(send.Validate()); got != test.err {
			t.Errorf("send %+v:\n%s, want\n%s", test, got, test.err)
		}
		if got := text(receive.Validate()); got != test.err {
			t.Errorf("receive %+v:\n%s, want\n%s", test, got, test.err)
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
	if *cfg != (SendConfig{MaxFrame: 64 << 20, MinPeers: 1, MaxPeers: 1000, Announce: true}) {
		t.Errorf("send defaults are %+v", *cfg)
	}
	if _, err := SendSpec().NewSink(cfg, env); err != nil {
		t.Error(err)
	}
	if _, err := ReceiveSpec().NewSource(ReceiveSpec().Config(), env); err != nil {
		t.Error(err)
	}
}

func TestBusyPort(t *testing.T) {
	first, log := startSender(t, SendConfig{Listen: loopback}, quick())
	log.await(t, "listening: the receiver can dial "+addressOf(first.end))
	env, _ := testEnv(t)
	second := newSender(SendConfig{Listen: addressOf(first.end)}, env, quick())
	err := second.Open(t.Context())
	want := "listen " + addressOf(first.end) + ": the address is in use by another program: stop it (`ss -lntup` shows which it is) or choose another port"
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
