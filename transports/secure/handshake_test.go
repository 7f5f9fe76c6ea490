package secure

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// outcome is what an end of a handshake came to.
type outcome struct {
	conn *Conn
	err  error
}

// meet has two ends shake hands, and a line say in both directions where that succeeds. The dialler opens as
// tcp's hello does.
func meet(t *testing.T, dials, listens *Guard) (dialler, listener outcome) {
	t.Helper()
	a, b := pair(t)
	done := make(chan outcome, 1)
	go func() {
		c, err := listens.Server(b)
		if err == nil {
			line := make([]byte, 6)
			if _, err = io.ReadFull(c, line); err == nil && string(line) != "\x89hello" {
				t.Errorf("the listener read %q", line)
			}
			if err == nil {
				_, err = c.Write([]byte("\x89there"))
			}
		}
		_ = b.(*net.TCPConn).CloseWrite()
		_, _ = io.Copy(io.Discard, b)
		done <- outcome{c, err}
	}()
	c, err := dials.Client(a, "camera")
	if err == nil {
		if _, err = c.Write([]byte("\x89hello")); err == nil {
			line := make([]byte, 6)
			if _, err = io.ReadFull(c, line); err == nil && string(line) != "\x89there" {
				t.Errorf("the dialler read %q", line)
			}
		}
	}
	a.Close()
	return outcome{c, err}, <-done
}

// Which ends belong together, and what both logs say where they do not.
func TestHandshakes(t *testing.T) {
	ours, theirs := newAuthority(t, "ours"), newAuthority(t, "theirs")
	camera := ours.issue(t, "camera", []string{"camera"}, nil)
	viewer := ours.issue(t, "viewer", nil, nil)
	stranger := theirs.issue(t, "stranger", []string{"camera"}, nil)
	barn := ours.issue(t, "barn", []string{"barn", "stable"}, nil)
	nobody := ours.issue(t, "nobody", nil, func(c *x509.Certificate) { c.IPAddresses = nil })
	onlyServer := ours.issue(t, "server", []string{"camera"}, func(c *x509.Certificate) { c.ExtKeyUsage = c.ExtKeyUsage[:1] })
	onlyClient := ours.issue(t, "client", []string{"camera"}, func(c *x509.Certificate) { c.ExtKeyUsage = c.ExtKeyUsage[1:] })
	pinned := func(setting TLS, to ...TLS) TLS {
		setting.CA = ""
		var pins []string
		for _, other := range to {
			pins = append(pins, fingerprint(t, other))
		}
		setting.Pin = strings.Join(pins, ",")
		return setting
	}
	named := func(setting TLS, name string) TLS {
		setting.ServerName = name
		return setting
	}
	const (
		refusal  = "it does not accept our certificate (bad certificate): its log says why"
		plainEnd = "EOF"
	)
	right, wrong := end{secret: rightSecret}, end{secret: wrongSecret}
	tests := []struct {
		name              string
		dials, listens    end
		dialler, listener string
	}{
		{"same secret", right, right, "", ""},
		{"same passphrase", end{secret: "correct horse battery"}, end{secret: " correct horse battery\n"}, "", ""},
		{"other secret", wrong, right, plainEnd, "the secrets of both ends differ"},
		{"certificates", end{tls: viewer}, end{tls: camera}, "", ""},
		{"certificates and secret", end{rightSecret, viewer}, end{rightSecret, camera}, "", ""},
		{"certificates and other secret", end{wrongSecret, viewer}, end{rightSecret, camera}, plainEnd, "the secrets of both ends differ"},
		{"fingerprints", end{tls: pinned(viewer, camera)}, end{tls: pinned(camera, viewer)}, "", ""},
		{"fingerprints of several", end{tls: pinned(viewer, barn, camera)}, end{tls: pinned(camera, stranger, viewer)}, "", ""},
		{"fingerprint, whatever the name and authority", end{tls: pinned(viewer, stranger)}, end{tls: pinned(stranger, viewer)}, "", ""},
		{"other fingerprint", end{tls: pinned(viewer, barn)}, end{tls: camera},
			"its certificate is another one: wanted " + fingerprint(t, barn) + ", got " + fingerprint(t, camera), refusal},
		{"dialler's other fingerprint", end{tls: viewer}, end{tls: pinned(camera, barn)}, refusal,
			"its certificate is another one: wanted " + fingerprint(t, barn) + ", got " + fingerprint(t, viewer)},
		{"another authority", end{tls: viewer}, end{tls: stranger},
			`its certificate is signed by "CN=theirs", which is no authority in the file of tls.ca`, refusal},
		{"dialler of another authority", end{tls: TLS{Cert: stranger.Cert, Key: stranger.Key, CA: ours.file}}, end{tls: camera}, refusal,
			`its certificate is signed by "CN=theirs", which is no authority in the file of tls.ca`},
		{"another name", end{tls: viewer}, end{tls: barn},
			`its certificate is for another name: wanted camera, got "barn, stable, 192.0.2.7" (write server_name in tls where that is right)`, refusal},
		{"no name", end{tls: viewer}, end{tls: nobody},
			`its certificate is for another name: wanted camera, got none (a certificate needs subject alternative names) (write server_name in tls where that is right)`, refusal},
		{"server_name", end{tls: named(viewer, "stable")}, end{tls: barn}, "", ""},
		{"server_name is an address", end{tls: named(viewer, "192.0.2.7")}, end{tls: barn}, "", ""},
		{"not for listening", end{tls: viewer}, end{tls: onlyClient},
			"its certificate is not for the end that listens: it needs the extended key usage serverAuth", refusal},
		{"not for dialling", end{tls: onlyServer}, end{tls: camera}, refusal,
			"its certificate is not for the end that dials: it needs the extended key usage clientAuth"},
		{"secret to certificate", right, end{tls: camera}, lacksTLS, lacksTLS},
		{"secret to secret and certificate", right, end{rightSecret, camera}, lacksTLS, lacksTLS},
		{"certificate to secret", end{tls: viewer}, right, "the end that listens has a secret and no tls: give both ends the same", refusal},
		{"certificate to secret and certificate", end{tls: viewer}, end{rightSecret, camera}, plainEnd, lacksSecret},
		{"secret and certificate to certificate", end{rightSecret, viewer}, end{tls: camera}, plainEnd, extraSecret},
	}
	for _, test := range tests {
		d, l := meet(t, test.dials.guard(t), test.listens.guard(t))
		if text(d.err) != test.dialler {
			t.Errorf("%s: the dialler says\n%q, want\n%q", test.name, text(d.err), test.dialler)
		}
		if text(l.err) != test.listener {
			t.Errorf("%s: the listener says\n%q, want\n%q", test.name, text(l.err), test.listener)
		}
	}
}

// A certificate that expired after its end had opened.
func TestExpired(t *testing.T) {
	a := newAuthority(t, "ca")
	camera := end{tls: a.issue(t, "camera", []string{"camera"}, nil)}.guard(t)
	later := end{tls: a.issue(t, "later", nil, func(c *x509.Certificate) { c.NotAfter = today().AddDate(0, 6, 0) })}.guard(t)
	later.now = func() time.Time { return today().AddDate(0, 2, 0) }
	d, l := meet(t, later, camera)
	if got, want := text(d.err), "its certificate expired on 2026-07-01 12:00 UTC (it is 2026-08-01 12:00 UTC by this machine's clock)"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if l.err == nil {
		t.Error("the listener is content")
	}
}

// Somebody in the middle who is a TLS server to one end and a TLS client to the other can pass nothing on: the
// proof is bound to one connection. Neither can what an end said be sent back to it.
func TestManInTheMiddle(t *testing.T) {
	g := end{secret: rightSecret}.guard(t)
	middle := end{secret: wrongSecret}.guard(t)
	a, b := pair(t)
	c, d := pair(t)
	dialled := make(chan error, 1)
	listened := make(chan error, 1)
	go func() {
		_, err := g.Client(a, "camera")
		dialled <- err
	}()
	go func() {
		_, err := g.Server(d)
		d.Close()
		listened <- err
	}()
	front := tls.Server(b, middle.server())
	back := tls.Client(c, middle.client("camera"))
	proof := make([]byte, 1+proofSize)
	if _, err := io.ReadFull(front, proof); err != nil {
		t.Fatal(err)
	}
	if _, err := back.Write(proof); err != nil {
		t.Fatal(err)
	}
	if err := <-listened; !errors.Is(err, ErrSecret) {
		t.Errorf("the listener says %v of a proof that was passed on", err)
	}
	if got, _ := io.ReadAll(back); len(got) != 0 {
		t.Errorf("whoever knows no secret was told %x", got)
	}
	proof[0] = sayListener
	if _, err := front.Write(proof); err != nil {
		t.Fatal(err)
	}
	if got := text(<-dialled); got != "the end that listens does not know the secret" {
		t.Errorf("the dialler says %q of its own proof", got)
	}
}

// Proofs of the two ends, and of two connections, have nothing in common.
func TestProofs(t *testing.T) {
	p := end{secret: rightSecret}.guard(t).prove
	one, two := make([]byte, 32), append(make([]byte, 31), 1)
	seen := make(map[string]bool)
	for _, say := range []byte{sayDialler, sayListener} {
		for _, m := range [][]byte{one, two} {
			seen[string(p.proof(say, m)[1:])] = true
			good := p.proof(say, m)[1:]
			if err := p.check(say, m, strings.NewReader(string(good))); err != nil {
				t.Error(err)
			}
			for i := range good {
				bad := append([]byte(nil), good...)
				bad[i] ^= 0x10
				if err := p.check(say, m, strings.NewReader(string(bad))); err != errProof {
					t.Errorf("byte %d changed: %v", i, err)
				}
			}
			if err := p.check(say, m, strings.NewReader(string(good[:31]))); err == nil {
				t.Error("a short proof is taken")
			}
		}
	}
	if len(seen) != 4 {
		t.Errorf("%d different proofs, want 4", len(seen))
	}
}

func TestGoldenProof(t *testing.T) {
	// HMAC-SHA256 under HKDF-Expand(key, "framewire TCP proof, version 1"), computed by Python's hmac.
	p := newProver([32]byte{})
	got := p.proof(sayDialler, make([]byte, 32))
	if want := "019ba5b7d6e34ee20c12d454897a4e6556ce7aa3c66a12e7d8336df91d4e4697ed"; hex.EncodeToString(got) != want {
		t.Errorf("got %s, want %s", hex.EncodeToString(got), want)
	}
}
