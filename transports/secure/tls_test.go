package secure

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"framewire/transports/secret"
)

const somePin = "sha256:000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

func TestValidate(t *testing.T) {
	const both = " (both ends show a certificate: write cert and key)"
	const prints = " (`framewire secret --fingerprint CERT.pem` prints it)"
	tests := []struct {
		tls TLS
		err string
	}{
		{TLS{}, ""},
		{TLS{Cert: "c", Key: "k", CA: "a"}, ""},
		{TLS{Cert: "c", Key: "k", CA: "a", ServerName: "camera"}, ""},
		{TLS{Cert: "c", Key: "k", Pin: somePin}, ""},
		{TLS{Cert: "c", Key: "k", CA: "a", Pin: somePin + ", sha256:" + strings.ToUpper(somePin[7:])}, ""},
		{TLS{Key: "k", CA: "a"}, "tls.cert: is missing" + both},
		{TLS{Cert: "c", CA: "a"}, "tls.key: is missing" + both},
		{TLS{Pin: somePin}, "tls.cert: is missing" + both + "\ntls.key: is missing" + both},
		{TLS{Cert: "c", Key: "k"}, "tls.ca: nothing says which certificate the other end may have (write ca with the authority's file, or pin with the other end's fingerprint)"},
		{TLS{Cert: "c", Key: "k", Pin: "sha1:00"}, `tls.pin: "sha1:00" is no fingerprint: it is sha256: and 64 hexadecimal digits` + prints},
		{TLS{Cert: "c", Key: "k", Pin: somePin + ","}, `tls.pin: "" is no fingerprint: it is sha256: and 64 hexadecimal digits` + prints},
		{TLS{Cert: "c", Key: "k", Pin: somePin[:70]}, `tls.pin: "` + somePin[:70] + `" is no fingerprint: it is sha256: and 64 hexadecimal digits` + prints},
		{TLS{Cert: "c", Key: "k", Pin: strings.Repeat(",", 1000)}, `tls.pin: more than 1000 fingerprints` + prints},
		{TLS{Cert: "c", Key: "k", Pin: somePin, ServerName: "n"}, "tls.server_name: a name is only checked together with ca (remove it: a fingerprint is checked whatever the name)"},
	}
	for _, test := range tests {
		if got := text(test.tls.Validate("tls")); got != test.err {
			t.Errorf("%+v: got\n%s, want\n%s", test.tls, got, test.err)
		}
	}
}

// Whatever is wrong with a file is told with its name, before anything is opened.
func TestFiles(t *testing.T) {
	a := newAuthority(t, "ca")
	good := a.issue(t, "good", []string{"camera"}, nil)
	other := a.issue(t, "other", []string{"camera"}, nil)
	old := a.issue(t, "old", nil, func(c *x509.Certificate) {
		c.NotBefore, c.NotAfter = today().AddDate(0, -2, 0), today().AddDate(0, -1, 0)
	})
	early := a.issue(t, "early", nil, func(c *x509.Certificate) {
		c.NotBefore, c.NotAfter = today().AddDate(0, 1, 0), today().AddDate(0, 2, 0)
	})
	file := func(name, content string) string {
		path := filepath.Join(a.dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	empty := file("empty.pem", "")
	huge := file("huge.pem", strings.Repeat("x", mostFile+1))
	damaged := file("damaged.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte("nothing")})))
	locked := file("locked.pem", "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n")
	with := func(change func(*TLS)) TLS {
		setting := good
		change(&setting)
		return setting
	}
	tests := []struct {
		name string
		tls  TLS
		err  string
	}{
		{"good", good, ""},
		{"good with a pin", with(func(s *TLS) { s.CA, s.Pin = "", somePin }), ""},
		{"no file", with(func(s *TLS) { s.Cert = "/nowhere/c.pem" }), "tls.cert: /nowhere/c.pem: no such file or directory"},
		{"a folder", with(func(s *TLS) { s.Cert = a.dir }), "tls.cert: " + a.dir + " is no file"},
		{"empty", with(func(s *TLS) { s.Cert = empty }), "tls.cert: " + empty + " holds no certificate in PEM format"},
		{"huge", with(func(s *TLS) { s.Cert = huge }), "tls.cert: " + huge + " is larger than 1 MiB"},
		{"damaged", with(func(s *TLS) { s.Cert = damaged }), "tls.cert: " + damaged + ": certificate 1 is damaged: x509: malformed certificate"},
		{"expired", old, "tls.cert: " + old.Cert + " expired on 2026-05-01 12:00 UTC (it is 2026-06-01 12:00 UTC by this machine's clock)"},
		{"not yet", early, "tls.cert: " + early.Cert + " is valid only from 2026-07-01 12:00 UTC (it is 2026-06-01 12:00 UTC by this machine's clock)"},
		{"no key file", with(func(s *TLS) { s.Key = "/nowhere/k.pem" }), "tls.key: /nowhere/k.pem: no such file or directory"},
		{"certificate as key", with(func(s *TLS) { s.Key = s.Cert }), "tls.key: " + good.Cert + " holds no private key in PEM format"},
		{"another key", with(func(s *TLS) { s.Key = other.Key }), "tls.key: " + other.Key + " is not the key of the certificate in " + good.Cert},
		{"locked key", with(func(s *TLS) { s.Key = locked }), "tls.key: " + locked + " is locked by a passphrase: write it without one (openssl pkey -in " + locked + " -out FILE)"},
		{"no authority", with(func(s *TLS) { s.CA = "/nowhere/ca.pem" }), "tls.ca: /nowhere/ca.pem: no such file or directory"},
		{"key as authority", with(func(s *TLS) { s.CA = s.Key }), "tls.ca: " + good.Key + " holds no certificate in PEM format"},
		{"expired authority", with(func(s *TLS) { s.CA = old.Cert }), "tls.ca: " + old.Cert + " expired on 2026-05-01 12:00 UTC (it is 2026-06-01 12:00 UTC by this machine's clock)"},
		{"bad pin", with(func(s *TLS) { s.Pin = "x" }), `tls.pin: "x" is no fingerprint: it is sha256: and 64 hexadecimal digits`},
	}
	for _, test := range tests {
		g, err := NewGuard(secret.Secret{}, test.tls, today)
		if text(err) != test.err || (g == nil) == (err == nil) {
			t.Errorf("%s: got %q, want %q", test.name, text(err), test.err)
		}
	}
}

func TestNothingToGuard(t *testing.T) {
	if g, err := NewGuard(secret.Secret{}, TLS{}, today); g != nil || err != nil {
		t.Errorf("got %v, %v", g, err)
	}
}

// A fingerprint is that of the key: openssl x509 -pubkey | openssl pkey -pubin -outform der | sha256sum.
func TestFingerprint(t *testing.T) {
	cert := &x509.Certificate{RawSubjectPublicKeyInfo: []byte("abc")}
	const want = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" // FIPS 180-2, B.1
	if got := Fingerprint(cert); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	pins, err := parsePins(want)
	if err != nil || checkPin(pins, cert) != nil {
		t.Errorf("it does not fit itself: %v", err)
	}
	pins, _ = parsePins(somePin)
	if got := text(checkPin(pins, cert)); got != "its certificate is another one: wanted "+somePin+", got "+want {
		t.Errorf("got %q", got)
	}
	pins, _ = parsePins(somePin + "," + somePin)
	if got := text(checkPin(pins, cert)); got != "its certificate is another one: wanted one of 2 fingerprints, got "+want {
		t.Errorf("got %q", got)
	}
}

func FuzzPins(f *testing.F) {
	for _, s := range []string{"", somePin, somePin + "," + somePin, "sha256:", ",", "sha256:zz"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		pins, err := parsePins(s)
		if err != nil {
			return
		}
		for _, p := range pins {
			again, err := parsePins(p.String())
			if err != nil || len(again) != 1 || !bytes.Equal(again[0][:], p[:]) {
				t.Errorf("%s gives %v, %v", p, again, err)
			}
		}
	})
}
