package tcp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"framewire/transports/secure"
	"framewire/transports/wire"
)

// lingerBytes bounds what is read from a refused peer while the refusal is under way to it.
const lingerBytes = 64 << 10

// welcome is the handshake of the end that listens: it reads the other's hello and answers it with its
// own or with a refusal. On an error the connection is closed.
func (e *endpoint) welcome(ctx context.Context, g *guest) (*link, error) {
	conn := g.conn
	until, stop := e.limit(ctx, conn)
	defer stop()
	if e.guard != nil {
		c, err := e.unlock(ctx, g)
		if err != nil {
			return nil, err
		}
		conn = c
		e.lobby.leave(g) // it belongs to us, and no flood of strangers may push it out any more
	}
	hello, err := wire.ReadHello(conn)
	refusal := wire.Answer(err)
	if e.guard == nil && secureClient(err, conn) {
		refusal = wire.Refuse(wire.ReasonSecurity, secure.Extra)
		err = errors.New(refusal.Text)
	}
	if err == nil {
		if refusal = hello.Accept(e.hello.Role); refusal == nil {
			refusal = e.admit()
		}
		if refusal != nil {
			err = errors.New(refusal.Text)
		}
	}
	if err != nil {
		e.refuse(conn, refusal)
		return nil, err
	}
	if err := e.sayHello(conn); err != nil {
		e.dismiss()
		conn.Close()
		return nil, err
	}
	return e.linked(conn, hello, until), nil
}

// greet is the handshake of the end that dialled that address.
func (e *endpoint) greet(ctx context.Context, conn net.Conn, to string) (*link, error) {
	until, stop := e.limit(ctx, conn)
	defer stop()
	if e.guard != nil {
		c, err := e.knock(conn, to)
		if err != nil {
			conn.Close()
			return nil, err
		}
		conn = c
	}
	if err := e.sayHello(conn); err != nil {
		conn.Close()
		return nil, err
	}
	hello, err := wire.ReadHello(conn)
	if err == nil {
		if refusal := hello.Accept(e.hello.Role); refusal != nil {
			err = errors.New(refusal.Text)
		} else if refusal := e.admit(); refusal != nil {
			err = errors.New(refusal.Text)
		}
	}
	if err != nil {
		conn.Close()
		return nil, err
	}
	return e.linked(conn, hello, until), nil
}

// limit bounds a handshake in time and ends it with the context, until stop is called.
func (e *endpoint) limit(ctx context.Context, conn net.Conn) (until time.Time, stop func() bool) {
	until = time.Now().Add(e.set.handshake)
	_ = conn.SetDeadline(until)
	return until, context.AfterFunc(ctx, func() { conn.Close() })
}

func (e *endpoint) linked(conn net.Conn, hello wire.Hello, until time.Time) *link {
	_ = conn.SetDeadline(time.Time{})
	return &link{conn: conn, peer: hello, name: conn.RemoteAddr().String(), until: until, settled: func() bool { return false }}
}

func (e *endpoint) sayHello(conn net.Conn) error {
	b, err := e.hello.Append(nil)
	if err != nil {
		return err
	}
	if _, err := conn.Write(b); err != nil {
		return fmt.Errorf("say hello: %w", err)
	}
	return nil
}

// refuse tells the other end why, and reads what it still sends, since closing over unread bytes would
// reset the connection and take the refusal with it.
func (e *endpoint) refuse(conn net.Conn, refusal *wire.Refusal) {
	defer conn.Close()
	if refusal == nil {
		return
	}
	b, err := refusal.Append(nil)
	if err != nil {
		return
	}
	_ = conn.SetDeadline(time.Now().Add(e.set.bye))
	if _, err := conn.Write(b); err != nil {
		return
	}
	linger(conn)
}

// linger reads what still comes until the other end closes.
func linger(conn net.Conn) {
	if half, ok := conn.(interface{ CloseWrite() error }); ok && half.CloseWrite() == nil {
		_, _ = io.CopyN(io.Discard, conn, lingerBytes) // it is gone either way
	}
}
