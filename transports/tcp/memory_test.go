package tcp

import (
	"context"
	"errors"
	"net"
	"syscall"
)

// memory is a network inside the process, for tests whose time is not the machine's: connections are
// net.Pipe, which holds nothing that was written and not read.
type memory struct {
	conns  chan net.Conn
	closed chan struct{}
}

func newMemory() *memory { return &memory{conns: make(chan net.Conn), closed: make(chan struct{})} }

// settings gives the standard ones on this network.
func (m *memory) settings() settings {
	set := standard()
	set.listen = func(context.Context, string) (net.Listener, error) { return m, nil }
	set.dial = m.dial
	return set
}

func (m *memory) dial(ctx context.Context, _ string) (net.Conn, error) {
	ours, theirs := net.Pipe()
	select {
	case m.conns <- theirs:
		return ours, nil
	case <-m.closed:
		return nil, &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (m *memory) Accept() (net.Conn, error) {
	select {
	case conn := <-m.conns:
		return conn, nil
	case <-m.closed:
		return nil, errors.New("closed")
	}
}

func (m *memory) Close() error {
	close(m.closed)
	return nil
}

func (m *memory) Addr() net.Addr  { return m }
func (m *memory) Network() string { return "memory" }
func (m *memory) String() string  { return "memory:1" }
