package secure

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
)

// What the log and the other end are told when both ends are not secured in the same way. They read the
// same at either end.
const (
	addSecret = "add `secret: ${FRAMEWIRE_SECRET}`, with the same secret, to the end that "
	addTLS    = "add `tls: {cert: CERT.pem, key: KEY.pem, ca: CA.pem}` to the end that "

	lacksSecret = "the end that listens has a secret and the end that dials has none: " + addSecret + "dials"
	lacksTLS    = "the end that listens asks for a certificate and the end that dials has none: " + addTLS + "dials"
	extraSecret = "the end that dials has a secret and the end that listens has none: " + addSecret + "listens"
	extraTLS    = "the end that dials has tls and the end that listens does not: " + addTLS + "listens"

	// Extra is for an end without secret and tls to which another comes that has one of them.
	Extra = "the end that dials has a secret or tls and the end that listens has neither: " + addSecret + "listens"
)

// MismatchError says that the ends are not secured in the same way.
type MismatchError struct {
	// Text says what is missing and where, for the log and the other end alike.
	Text string
	// Conn is where the other end can be answered.
	Conn net.Conn
	// Opening reports that what the other end said is still to be read from Conn, from its first byte on.
	Opening bool
}

// Error is Text.
func (e *MismatchError) Error() string { return e.Text }

// ErrSecret says that the other end knows another secret. The Conn that comes with it is encrypted, and good
// for saying so.
var ErrSecret = errProof

// Server is the handshake of the end that listens. It leaves closing to the caller. A Conn that comes with an
// error is one on which the other end can be told why.
func (g *Guard) Server(conn net.Conn) (*Conn, error) {
	u := newUnder(conn)
	first, err := u.in.Peek(1)
	if err != nil {
		return nil, err
	}
	if first[0] != recordHandshake {
		return nil, &MismatchError{Text: g.lacks(), Conn: u, Opening: true}
	}
	c := &Conn{Conn: tls.Server(u, g.server()), under: u}
	if err := c.tls().Handshake(); err != nil {
		return nil, explain(err)
	}
	say, err := c.first()
	if err != nil {
		return nil, err
	}
	switch {
	case say == sayHello && g.prove == nil:
		c.unread, c.has = say, true
		return c, nil
	case say == sayHello:
		c.unread, c.has = say, true
		return c, &MismatchError{Text: lacksSecret, Conn: c, Opening: true}
	case say == sayDialler && g.prove == nil:
		return c, &MismatchError{Text: extraSecret, Conn: c}
	case say != sayDialler:
		return nil, errors.New("what came inside TLS is neither a proof nor a hello")
	}
	return c, g.exchange(c, sayDialler, sayListener)
}

// exchange checks the other end's proof and answers it with our own, where it has not been given.
func (g *Guard) exchange(c *Conn, theirs, ours byte) error {
	m, err := material(c.tls())
	if err != nil {
		return err
	}
	if err := g.prove.check(theirs, m, c); err != nil || ours == 0 {
		return err
	}
	_, err = c.Write(g.prove.proof(ours, m))
	return err
}

// lacks says what an end that dialled without TLS has to add.
func (g *Guard) lacks() string {
	if g.prove != nil && g.certs {
		return strings.Replace(lacksSecret, "`,", "` and `tls: {cert: CERT.pem, key: KEY.pem, ca: CA.pem}`,", 1)
	}
	if g.prove != nil {
		return lacksSecret
	}
	return lacksTLS
}

// Client is the handshake of the end that dialled host. It leaves closing to the caller.
func (g *Guard) Client(conn net.Conn, host string) (*Conn, error) {
	u := newUnder(conn)
	c := &Conn{Conn: tls.Client(u, g.client(host)), under: u}
	u.first = true
	if err := c.tls().Handshake(); err != nil {
		if errors.Is(err, errPlain) {
			return nil, &MismatchError{Text: g.extra(), Conn: u, Opening: true}
		}
		return nil, explain(err)
	}
	if c.tls().ConnectionState().NegotiatedProtocol != ALPN {
		return nil, errors.New("it speaks TLS, but is not framewire")
	}
	if g.prove == nil {
		return c, nil
	}
	m, err := material(c.tls())
	if err != nil {
		return nil, err
	}
	if _, err := c.Write(g.prove.proof(sayDialler, m)); err != nil {
		return nil, fmt.Errorf("send the proof of the secret: %w", err)
	}
	say, err := c.first()
	switch {
	case err != nil:
		return nil, err
	case say == sayHello:
		c.unread, c.has = say, true
		return nil, &MismatchError{Text: extraSecret, Conn: c, Opening: true}
	case say != sayListener:
		return nil, errors.New("what came inside TLS is neither a proof nor a refusal")
	}
	if err := g.exchange(c, sayListener, 0); err != nil {
		if errors.Is(err, errProof) {
			err = errors.New("the end that listens does not know the secret")
		}
		return nil, err
	}
	return c, nil
}

// extra says what an end that listens without TLS has to add.
func (g *Guard) extra() string {
	if g.prove != nil {
		return extraSecret
	}
	return extraTLS
}

// first reads the first byte inside TLS.
func (c *Conn) first() (byte, error) {
	var b [1]byte
	if _, err := io.ReadFull(c, b[:]); err != nil {
		return 0, err
	}
	return b[0], nil
}
