package tcp

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"time"

	"framewire/transports/secure"
	"framewire/transports/wire"
)

// unlock makes a connection that was accepted private and has the other end prove itself. Who fails is told
// why, as far as he may know it, and the connection is closed.
func (e *endpoint) unlock(ctx context.Context, g *guest) (net.Conn, error) {
	c, err := e.guard.Server(g.conn)
	var mismatch *secure.MismatchError
	switch {
	case err == nil:
		e.wrong.Right(g.from)
		return c, nil
	case errors.As(err, &mismatch):
		refusal := wire.Refuse(wire.ReasonSecurity, mismatch.Text)
		if mismatch.Opening {
			if _, stranger := wire.ReadHello(mismatch.Conn); stranger != nil {
				err, refusal = stranger, wire.Answer(stranger)
			}
		}
		e.refuse(mismatch.Conn, refusal)
	case errors.Is(err, secure.ErrSecret):
		e.detain(ctx, g, e.wrong.Wrong(g.from))
		e.refuse(c, wire.Refuse(wire.ReasonSecret, "write the same `secret` at both ends"))
	case errors.Is(err, os.ErrDeadlineExceeded):
		g.conn.Close()
	default: // TLS itself has said what is wrong, and that has to arrive
		_ = g.conn.SetDeadline(time.Now().Add(e.set.bye))
		linger(g.conn)
		g.conn.Close()
	}
	return nil, err
}

// detain has a guest wait for his answer, unless his place in the lobby is needed: nothing may pile up behind
// the delays.
func (e *endpoint) detain(ctx context.Context, g *guest, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-g.gone:
	case <-ctx.Done():
	}
}

// knock makes a connection that was dialled private, and proves that we belong to the other end and it to us.
// It leaves closing to the caller.
func (e *endpoint) knock(conn net.Conn, to string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(to)
	if err != nil {
		return nil, err
	}
	c, err := e.guard.Client(conn, host)
	var mismatch *secure.MismatchError
	if err == nil {
		return c, nil
	}
	if !errors.As(err, &mismatch) {
		return nil, err
	}
	_, answer := wire.ReadHello(mismatch.Conn)
	var refusal *wire.Refusal
	var stranger *wire.StrangerError
	if errors.As(answer, &stranger) || errors.As(answer, &refusal) && refusal.Reason != wire.ReasonStranger {
		return nil, answer
	}
	return nil, mismatch // an older release does not know what came to it
}

// secureClient reports whether what an end without secret and tls could not understand is one of ours that has
// them.
func secureClient(err error, conn net.Conn) bool {
	var stranger *wire.StrangerError
	return errors.As(err, &stranger) && secure.Sniff(io.MultiReader(bytes.NewReader(stranger.First), conn))
}
