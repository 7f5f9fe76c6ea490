package secure

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"slices"
)

// The first byte of a TLS record (RFC 8446, section 5.1).
const (
	recordAlert     = 21
	recordHandshake = 22
)

// mostSniffed bounds what Sniff reads, in bytes: about ten times an ordinary ClientHello.
const mostSniffed = 16 << 10

var errSniffed = errors.New("sniffed")

// Sniff reports whether what comes from r is the beginning of a TLS handshake by one of our own ends. For an
// end without TLS, so that it can say more than that it does not understand. It reads 16 KiB at most, and
// nothing where the first bytes are no TLS.
func Sniff(r io.Reader) bool {
	ours := false
	conn := tls.Server(mute{r: io.LimitReader(r, mostSniffed)}, &tls.Config{
		GetConfigForClient: func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
			ours = slices.Contains(hello.SupportedProtos, ALPN)
			return nil, errSniffed // before anything is computed or answered
		},
	})
	_ = conn.Handshake() // it fails in every case
	return ours
}

// mute is a connection that can be read and through which nothing goes back.
type mute struct {
	net.Conn // nil: TLS uses no other methods before it has read the ClientHello
	r        io.Reader
}

func (m mute) Read(p []byte) (int, error)  { return m.r.Read(p) }
func (m mute) Write(p []byte) (int, error) { return len(p), nil }
