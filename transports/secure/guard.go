package secure

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"slices"
	"time"

	"framewire/transports/secret"
)

// ALPN is the protocol that both ends name in the TLS handshake (RFC 7301).
const ALPN = "framewire/1"

// Guard is one end's side of the handshake, ready for any number of connections. It holds keys.
type Guard struct {
	prove *prover // nil without a secret
	certs bool    // both ends show certificates
	roots *x509.CertPool
	pins  []Pin
	name  string // that the certificate of the end that listens must have; empty for the dialled host
	own   tls.Certificate
	now   func() time.Time
}

// NewGuard reads the files, stretches the secret, which takes tens of milliseconds, and makes the
// certificate that an end without one shows. It gives nil when there is neither a secret nor tls. Call it
// where a stage opens. now is the machine's clock.
func NewGuard(s secret.Secret, t TLS, now func() time.Time) (*Guard, error) {
	if s.IsZero() && t.IsZero() {
		return nil, nil
	}
	g := &Guard{certs: !t.IsZero(), name: t.ServerName, now: now}
	var err error
	if g.certs {
		if g.own, err = t.load(now()); err != nil {
			return nil, err
		}
		if g.roots, err = t.authorities(now()); err != nil {
			return nil, err
		}
		if g.pins, err = parsePins(t.Pin); err != nil {
			return nil, fmt.Errorf("tls.pin: %w", err)
		}
	} else if g.own, err = ephemeral(now()); err != nil {
		return nil, fmt.Errorf("make a certificate: %w", err)
	}
	if !s.IsZero() {
		g.prove = newProver(s.Key())
	}
	return g, nil
}

// config is what both ends have in common.
func (g *Guard) config() *tls.Config {
	return &tls.Config{
		MinVersion:                  tls.VersionTLS13,
		NextProtos:                  []string{ALPN},
		SessionTicketsDisabled:      true, // a connection lives long, and each is proven anew
		DynamicRecordSizingDisabled: true, // frames are large from the start
		Time:                        g.now,
	}
}

func (g *Guard) server() *tls.Config {
	c := g.config()
	c.Certificates = []tls.Certificate{g.own}
	if g.certs {
		c.ClientAuth = tls.RequireAnyClientCert // which VerifyConnection checks
		c.VerifyConnection = func(state tls.ConnectionState) error { return g.verify(state, "", x509.ExtKeyUsageClientAuth) }
	}
	c.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		if !slices.Contains(hello.SupportedProtos, ALPN) {
			return nil, errOtherTLS
		}
		return nil, nil
	}
	return c
}

func (g *Guard) client(host string) *tls.Config {
	c := g.config()
	// The standard verification is replaced by VerifyConnection, whose errors say what was wanted and what
	// came; without certificates the secret's proof takes its place.
	c.InsecureSkipVerify = true
	if !g.certs {
		return c
	}
	if g.name != "" {
		host = g.name
	}
	c.ServerName = host
	own := g.own
	c.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &own, nil }
	c.VerifyConnection = func(state tls.ConnectionState) error { return g.verify(state, host, x509.ExtKeyUsageServerAuth) }
	return c
}
