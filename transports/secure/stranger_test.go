package secure

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
)

// record is a connection that has one thing to say and keeps what it is told.
type record struct {
	net.Conn // nil: what a handshake uses is below
	in       io.Reader
	out      bytes.Buffer
}

func (r *record) Read(p []byte) (int, error)  { return r.in.Read(p) }
func (r *record) Write(p []byte) (int, error) { return r.out.Write(p) }
func (r *record) Close() error                { return nil }

// clientHello is the first thing that a TLS client with those protocols says.
func clientHello(t testing.TB, protocols ...string) []byte {
	t.Helper()
	r := &record{in: strings.NewReader("")}
	_ = tls.Client(r, &tls.Config{InsecureSkipVerify: true, NextProtos: protocols}).Handshake() // nobody answers
	if r.out.Len() == 0 {
		t.Fatal("the client said nothing")
	}
	return r.out.Bytes()
}

// An end without TLS tells our own TLS clients from others.
func TestSniff(t *testing.T) {
	ours := clientHello(t, ALPN)
	tests := []struct {
		name string
		says []byte
		want bool
	}{
		{"ours", ours, true},
		{"ours among others", clientHello(t, "h2", ALPN), true},
		{"and more behind it", append(bytes.Clone(ours), "more"...), true},
		{"a browser", clientHello(t, "h2", "http/1.1"), false},
		{"no protocol", clientHello(t), false},
		{"half of ours", ours[:len(ours)/2], false},
		{"one byte", ours[:1], false},
		{"nothing", nil, false},
		{"HTTP", []byte("GET / HTTP/1.1\r\n\r\n"), false},
		{"zeros", make([]byte, 1<<20), false},
		{"a record without end", append([]byte{22, 3, 1, 0x40, 0}, make([]byte, 1<<20)...), false},
	}
	for _, test := range tests {
		r := bytes.NewReader(test.says)
		if got := Sniff(r); got != test.want {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
		if read := len(test.says) - r.Len(); read > mostSniffed {
			t.Errorf("%s: %d bytes were read", test.name, read)
		}
	}
}

// Who speaks no TLS is given to the caller from the first byte on, and who speaks another TLS is named.
func TestServerAndStrangers(t *testing.T) {
	a := newAuthority(t, "ca")
	both := end{rightSecret, a.issue(t, "camera", nil, nil)}
	tests := []struct {
		name    string
		end     end
		says    string
		err     string
		opening bool
	}{
		{"hello to a secret", end{secret: rightSecret}, "\x89FWIRE", lacksSecret, true},
		{"hello to certificates", end{tls: both.tls}, "\x89FWIRE", lacksTLS, true},
		{"hello to both", both, "\x89FWIRE", "the end that listens has a secret and the end that dials has none: add `secret: ${FRAMEWIRE_SECRET}` and `tls: {cert: CERT.pem, key: KEY.pem, ca: CA.pem}`, with the same secret, to the end that dials", true},
		{"HTTP", end{secret: rightSecret}, "GET / HTTP/1.1\r\n", lacksSecret, true},
		{"https", end{secret: rightSecret}, string(clientHello(t, "h2")), "this is a TLS client (https), not framewire", false},
		{"nothing", end{secret: rightSecret}, "", "EOF", false},
		{"half a ClientHello", end{secret: rightSecret}, string(clientHello(t, ALPN)[:100]), "EOF", false},
		{"damaged", end{secret: rightSecret}, "\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00", "TLS failed: error decoding message", false},
		{"no handshake", end{secret: rightSecret}, "\x16\x03\xff\xff\xff\xff", "what came is no TLS", false},
	}
	for _, test := range tests {
		r := &record{in: strings.NewReader(test.says)}
		_, err := test.end.guard(t).Server(r)
		if text(err) != test.err {
			t.Errorf("%s: got\n%q, want\n%q", test.name, text(err), test.err)
		}
		var mismatch *MismatchError
		if errors.As(err, &mismatch) != test.opening {
			t.Errorf("%s: %T", test.name, err)
		}
		if !test.opening {
			continue
		}
		if got, _ := io.ReadAll(mismatch.Conn); string(got) != test.says || !mismatch.Opening {
			t.Errorf("%s: %q can be read", test.name, got)
		}
	}
}

// What an end that dials says when something else listens there.
func TestClientAndStrangers(t *testing.T) {
	a := newAuthority(t, "ca")
	tests := []struct {
		name, says string
		end        end
		err        string
		opening    bool
	}{
		{"refusal to a secret", "\x89FWIRE", end{secret: rightSecret}, extraSecret, true},
		{"refusal to certificates", "\x89FWIRE", end{tls: a.issue(t, "viewer", nil, nil)}, extraTLS, true},
		{"SSH", "SSH-2.0-OpenSSH\r\n", end{secret: rightSecret}, extraSecret, true},
		{"closed", "", end{secret: rightSecret}, "EOF", false},
		{"a TLS server that knows no such protocol", "\x15\x03\x03\x00\x02\x02\x78", end{secret: rightSecret}, "it speaks TLS, but is not framewire", false},
		{"a TLS server of old", "\x15\x03\x01\x00\x02\x02\x46", end{secret: rightSecret}, "it speaks TLS, but is not framewire", false},
		{"another alert", "\x15\x03\x03\x00\x02\x02\x50", end{secret: rightSecret}, "it ended the TLS connection: internal error", false},
	}
	for _, test := range tests {
		r := &record{in: strings.NewReader(test.says)}
		_, err := test.end.guard(t).Client(r, "camera")
		if text(err) != test.err {
			t.Errorf("%s: got\n%q, want\n%q", test.name, text(err), test.err)
		}
		var mismatch *MismatchError
		if errors.As(err, &mismatch) != test.opening {
			t.Errorf("%s: %T", test.name, err)
		}
		if test.opening {
			if got, _ := io.ReadAll(mismatch.Conn); string(got) != test.says {
				t.Errorf("%s: %q can be read", test.name, got)
			}
		}
	}
}

// A TLS server that accepts everything is still no framewire, and gets no proof.
func TestClientAtAnotherTLSServer(t *testing.T) {
	g := end{secret: rightSecret}.guard(t)
	a, b := pair(t)
	got := make(chan []byte, 1)
	go func() {
		c := g.config()
		c.NextProtos, c.Certificates = nil, g.server().Certificates
		server := tls.Server(b, c)
		said, _ := io.ReadAll(server)
		got <- said
	}()
	if _, err := g.Client(a, "camera"); text(err) != "it speaks TLS, but is not framewire" {
		t.Errorf("got %v", err)
	}
	a.Close()
	if said := <-got; len(said) != 0 {
		t.Errorf("it was told %x", said)
	}
}

// What comes inside TLS is looked at as well.
func TestNonsenseInsideTLS(t *testing.T) {
	g := end{secret: rightSecret}.guard(t)
	tests := []struct{ says, err string }{
		{"GET / HTTP/1.1\r\n\r\n", "what came inside TLS is neither a proof nor a hello"},
		{"\x02" + strings.Repeat("x", 32), "what came inside TLS is neither a proof nor a hello"},
		{"\x01short", "read the proof of the secret: EOF"},
		{"\x01" + strings.Repeat("\x00", 32), "the secrets of both ends differ"},
		{"\x89FWIRE", lacksSecret},
		{"", "EOF"},
	}
	for _, test := range tests {
		a, b := pair(t)
		served := make(chan error, 1)
		go func() {
			_, err := g.Server(b)
			served <- err
		}()
		c := tls.Client(a, g.client(""))
		if _, err := io.WriteString(c, test.says); err != nil && test.says != "" {
			t.Fatal(err)
		}
		if err := c.Handshake(); err != nil {
			t.Fatal(err)
		}
		if err := c.CloseWrite(); err != nil {
			t.Fatal(err)
		}
		if got := text(<-served); got != test.err {
			t.Errorf("%q: got %q, want %q", test.says, got, test.err)
		}
	}
}

func FuzzSniff(f *testing.F) {
	for _, protocols := range [][]string{{ALPN}, {"h2"}, nil} {
		f.Add(clientHello(f, protocols...))
	}
	f.Add([]byte("\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		r := bytes.NewReader(b)
		if Sniff(r) && !bytes.Contains(b, []byte(ALPN)) {
			t.Errorf("%x is ours without a word of it", b)
		}
		if len(b)-r.Len() > mostSniffed {
			t.Error("too much was read")
		}
	})
}

func FuzzServer(f *testing.F) {
	f.Add(clientHello(f, ALPN))
	f.Add([]byte("\x89FWIRE\r\n"))
	f.Add([]byte{22})
	g := end{secret: rightSecret}.guard(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, err := g.Server(&record{in: bytes.NewReader(b)}); err == nil {
			t.Errorf("%x was let in", b)
		}
	})
}

// FuzzProof takes what comes after the first byte inside TLS.
func FuzzProof(f *testing.F) {
	p := end{secret: rightSecret}.guard(f).prove
	m := make([]byte, 32)
	good := p.proof(sayDialler, m)[1:]
	f.Add(good)
	f.Add(good[:31])
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		err := p.check(sayDialler, m, bytes.NewReader(b))
		if fits := len(b) >= proofSize && bytes.Equal(b[:proofSize], good); fits != (err == nil) {
			t.Errorf("%x: %v", b, err)
		}
	})
}
