package tcp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"framewire/transports/wire"
)

// lingerBytes bounds what is read from a refused peer while the refusal is under way to it.
const lingerBytes = 64 << 10

// welcome is the handshake of the end that listens: it reads the other's hello and answers it with its
// own or with a refusal. On an error the connection is closed.
func (e *endpoint) welcome(ctx context.Context, conn net.Conn) (*link, error) {
	defer e.limit(ctx, conn)()
	hello, err := wire.ReadHello(conn)
	refusal := wire.Answer(err)
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
	return e.linked(conn, hello), nil
}

// greet is the handshake of the end that dialled.
func (e *endpoint) greet(ctx context.Context, conn net.Conn) (*link, error) {
	defer e.limit(ctx, conn)()
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
	return e.linked(conn, hello), nil
}

// limit bounds a handshake in time and ends it with the context. The function that it gives lifts both.
func (e *endpoint) limit(ctx context.Context, conn net.Conn) func() {
	_ = conn.SetDeadline(time.Now().Add(e.set.handshake))
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	return func() { stop() }
}

func (e *endpoint) linked(conn net.Conn, hello wire.Hello) *link {
	_ = conn.SetDeadline(time.Time{})
	return &link{conn: conn, peer: hello, name: conn.RemoteAddr().String(), settled: func() bool { return false }}
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
	if half, ok := conn.(interface{ CloseWrite() error }); ok && half.CloseWrite() == nil {
		_, _ = io.CopyN(io.Discard, conn, lingerBytes) // it is gone either way
	}
}
