package tcp

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"framewire/transports/secret"
	"framewire/transports/secure"
	"framewire/transports/wire"
)

const otherSecret = "another secret, also long"

// certificates gives the settings of two ends that have a certificate each and pin the other's.
func certificates(t testing.TB) (one, two secure.TLS) {
	t.Helper()
	dir := t.TempDir()
	issue := func(name string) (setting secure.TLS, pin string) {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		about := &x509.Certificate{
			SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name},
			NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		}
		der, err := x509.CreateCertificate(rand.Reader, about, about, key.Public(), key)
		if err != nil {
			t.Fatal(err)
		}
		private, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			t.Fatal(err)
		}
		setting = secure.TLS{Cert: filepath.Join(dir, name+".pem"), Key: filepath.Join(dir, name+"-key.pem")}
		for path, block := range map[string]*pem.Block{setting.Cert: {Type: "CERTIFICATE", Bytes: der}, setting.Key: {Type: "PRIVATE KEY", Bytes: private}} {
			if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		cert, err := x509.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		return setting, secure.Fingerprint(cert)
	}
	one, onePin := issue("one")
	two, twoPin := issue("two")
	one.Pin, two.Pin = twoPin, onePin
	return one, two
}

// Ends that are not secured alike say so at both ends, with the line to add, and never the secret.
func TestMismatches(t *testing.T) {
	one, two := certificates(t)
	type end struct {
		secret string
		tls    secure.TLS
	}
	plain, right, other := end{}, end{secret: testSecret}, end{secret: otherSecret}
	const (
		needsSecret = "the end that listens has a secret and the end that dials has none: add `secret: ${FRAMEWIRE_SECRET}`, with the same secret, to the end that dials"
		needsTLS    = "the end that listens asks for a certificate and the end that dials has none: add `tls: {cert: CERT.pem, key: KEY.pem, ca: CA.pem}` to the end that dials"
		surplus     = "the end that dials has a secret or tls and the end that listens has neither: add `secret: ${FRAMEWIRE_SECRET}`, with the same secret, to the end that listens"
		extra       = "the end that dials has a secret and the end that listens has none: add `secret: ${FRAMEWIRE_SECRET}`, with the same secret, to the end that listens"
		differ      = "the secrets of both ends differ"
	)
	tests := []struct {
		name              string
		dials, listens    end
		dialler, listener string
	}{
		{"secret, none there", right, plain, surplus, surplus},
		{"tls, none there", end{tls: one}, plain, surplus, surplus},
		{"none, secret there", plain, right, needsSecret, needsSecret},
		{"none, tls there", plain, end{tls: two}, needsTLS, needsTLS},
		{"secret, tls there", right, end{tls: two}, needsTLS, needsTLS},
		{"tls, tls and secret there", end{tls: one}, end{testSecret, two}, needsSecret, needsSecret},
		{"tls and secret, tls there", end{testSecret, one}, end{tls: two}, extra, extra},
		{"another secret there", other, right, "refused (wrong secret): write the same `secret` at both ends", differ},
		{"another certificate there", end{tls: two}, end{tls: two}, "its certificate is another one: wanted sha256:", "it does not accept our certificate"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s, slog := startSender(t, SendConfig{Listen: loopback, Secret: secret.New(test.listens.secret), TLS: test.listens.tls}, quick())
			_, rlog := startReceiver(t, ReceiveConfig{Dial: addressOf(s.end), Secret: secret.New(test.dials.secret), TLS: test.dials.tls}, quick())
			slog.await(t, test.listener)
			slog.await(t, "turned a connection away: from=127.0.0.1:")
			rlog.await(t, test.dialler)
			rlog.await(t, "waiting for "+addressOf(s.end))
			for _, log := range []*journal{slog, rlog} {
				for _, word := range []string{testSecret, otherSecret} {
					if strings.Contains(log.String(), word) {
						t.Errorf("the secret is in the log:\n%s", log)
					}
				}
			}
		})
	}
}

// With certificates, and with both, the stream is as it is without.
func TestCertificates(t *testing.T) {
	one, two := certificates(t)
	for _, word := range []string{"", testSecret} {
		s, _ := startSender(t, SendConfig{Listen: loopback, TLS: one, Secret: secret.New(word)}, quick())
		r, _ := startReceiver(t, ReceiveConfig{Dial: addressOf(s.end), TLS: two, Secret: secret.New(word)}, quick())
		keepSending(t, s, 0, 3)
		for want := range uint64(3) {
			if got := readOne(t, r); got != want {
				t.Errorf("frame %d, want %d", got, want)
			}
		}
	}
}

func TestCertificateThatCannotBeRead(t *testing.T) {
	env, _ := testEnv(t)
	cfg := sendDefaults()
	cfg.Listen, cfg.TLS = loopback, secure.TLS{Cert: "/nowhere/c.pem", Key: "k", CA: "ca"}
	s := newSender(cfg, env, quick())
	if err, want := s.Open(t.Context()), "tls.cert: /nowhere/c.pem: no such file or directory"; text(err) != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if err := s.Close(); err != nil {
		t.Errorf("then Close gives %v", err)
	}
}

// An older release answers a TLS client as it answers any stranger.
func TestOlderReleaseListens(t *testing.T) {
	l, err := net.Listen("tcp", loopback)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			b, _ := wire.Refuse(wire.ReasonStranger, "this is a framewire port, and what came is no framewire hello").Append(nil)
			_, _ = conn.Write(b)
			_ = conn.(*net.TCPConn).CloseWrite()
			_, _ = io.Copy(io.Discard, conn)
			conn.Close()
		}
	}()
	_, log := startReceiver(t, ReceiveConfig{Dial: l.Addr().String(), Secret: secret.New(testSecret)}, quick())
	log.await(t, "the end that dials has a secret and the end that listens has none")
}

// Strangers at a port with a secret are named as at one without.
func TestStrangersAtASecuredPort(t *testing.T) {
	s, log := startSender(t, SendConfig{Listen: loopback, Secret: secret.New(testSecret)}, quick())
	conn := dialRaw(t, addressOf(s.end))
	say(t, conn, []byte("GET / HTTP/1.1\r\nHost: camera\r\n\r\n"))
	var refusal *wire.Refusal
	if _, err := wire.ReadHello(conn); !errors.As(err, &refusal) || refusal.Reason != wire.ReasonStranger {
		t.Errorf("an HTTP client got %v", err)
	}
	log.await(t, "this is an HTTP client, not framewire")
	conn = dialRaw(t, addressOf(s.end))
	say(t, conn, hello(wire.RoleReceiver, wire.Version))
	if _, err := wire.ReadHello(conn); !errors.As(err, &refusal) || refusal.Reason != wire.ReasonSecurity {
		t.Errorf("an end without a secret got %v", err)
	}
	browser := tls.Client(dialRaw(t, addressOf(s.end)), &tls.Config{InsecureSkipVerify: true})
	if err := browser.Handshake(); err == nil {
		t.Error("a browser was let in")
	}
}

func TestSecurityReasonsInWords(t *testing.T) {
	for reason, want := range map[wire.Reason]string{wire.ReasonSecurity: "secured differently", wire.ReasonSecret: "wrong secret"} {
		if got := reason.String(); got != want {
			t.Errorf("%d is %q, want %q", reason, got, want)
		}
	}
}
