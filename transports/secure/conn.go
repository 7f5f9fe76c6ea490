package secure

import (
	"crypto/tls"
	"net"
)

var _ net.Conn = (*Conn)(nil)

// Conn is a connection that passed its handshake. One goroutine may read, another one write.
type Conn struct {
	net.Conn // the TLS connection
	under    *under
	unread   byte // read for a look, and still to be given
	has      bool
}

func (c *Conn) tls() *tls.Conn { return c.Conn.(*tls.Conn) }

// Read reads what was decrypted. A deadline that passes does no harm: reading can go on after it. The end of
// the connection is io.EOF also where the other end did not announce it.
func (c *Conn) Read(p []byte) (int, error) {
	if c.has && len(p) > 0 {
		p[0], c.has = c.unread, false
		return 1, nil
	}
	n, err := c.Conn.Read(p)
	return n, explain(err)
}

// Write encrypts and writes. After a deadline that passed nothing can be written any more; use Send where
// that happens in the ordinary course of things.
func (c *Conn) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	return n, explain(err)
}

// Send writes several pieces, in few system calls and without allocating, and waits for a slow network as w
// says. taken is how many bytes of it, encrypted, this machine's kernel took. The error is
// os.ErrDeadlineExceeded when the other end is given up; nothing can be written after any error.
func (c *Conn) Send(w Wait, pieces [][]byte) (taken int, err error) {
	c.under.begin(w)
	for _, p := range pieces {
		if _, err = c.Conn.Write(p); err != nil {
			break
		}
	}
	taken, err = c.under.end(err)
	return taken, explain(err)
}

// CloseWrite tells the other end that nothing more comes.
func (c *Conn) CloseWrite() error {
	err := c.tls().CloseWrite()
	if half, ok := c.under.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return err
}

// Close closes at once. It does not try to tell the other end, for which it might have to wait: what is said
// inside ends in a message of its own, and CloseWrite tells it where there is time.
func (c *Conn) Close() error { return c.under.Conn.Close() }

// NetConn gives the connection below, for its options.
func (c *Conn) NetConn() net.Conn { return c.under.Conn }
