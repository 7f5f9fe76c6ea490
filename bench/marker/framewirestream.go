package main

import (
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"framewire/pipeline"
	"framewire/transports/wire"
)

// maxFrame is the largest frame that a viewer takes, in bytes.
const maxFrame = 64 << 20

// pingEvery is how often a receiver says that it is there (docs/wire-format.md).
const pingEvery = time.Second

// framewireStream takes frames by framewire's own protocol, as docs/wire-format.md describes it. Their key is their
// number.
type framewireStream struct {
	messages *wire.Reader
	album    *album
	stop     chan struct{}
	pings    sync.WaitGroup
}

var _ pictures = (*framewireStream)(nil)

// newFramewireStream does the handshake; dialled says which end speaks first.
func newFramewireStream(conn net.Conn, dialled bool, a *album, pool *pipeline.Pool) (*framewireStream, error) {
	hello, err := wire.Hello{
		Version: wire.Version, Role: wire.RoleReceiver, Extensions: []wire.Extension{wire.MaxFrame(maxFrame)},
	}.Append(nil)
	if err != nil {
		return nil, err
	}
	say := func() error {
		_, err := conn.Write(hello)
		return err
	}
	hear := func() error {
		_, err := wire.ReadHello(conn)
		return err
	}
	steps := []func() error{hear, say}
	if dialled {
		steps = []func() error{say, hear}
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return nil, fmt.Errorf("handshake: %w", err)
		}
	}
	s := &framewireStream{messages: wire.NewReader(conn, pool, maxFrame), album: a, stop: make(chan struct{})}
	if err := ping(conn); err != nil {
		return nil, err
	}
	s.pings.Go(func() {
		tick := time.NewTicker(pingEvery)
		defer tick.Stop()
		for {
			select {
			case <-s.stop:
				return
			case <-tick.C:
				if ping(conn) != nil {
					return // the reader finds out what is wrong
				}
			}
		}
	})
	return s, nil
}

func ping(conn net.Conn) error {
	_, err := conn.Write(wire.Ping{Sent: time.Now()}.Append(nil))
	return err
}

func (s *framewireStream) next() (uint64, error) {
	for {
		m, err := s.messages.Next()
		switch {
		case err != nil:
			return 0, err
		case m.Type == wire.TypeEnd:
			return 0, errors.New("the stream has ended")
		case m.Type == wire.TypeBye:
			return 0, errors.New("the sender has stopped: " + m.Text)
		case m.Type != wire.TypeFrame:
			continue
		}
		number := m.Frame.Seq
		s.album.put(number, origin{number, m.Frame.Captured})
		m.Frame.Release()
		return number, nil
	}
}

func (s *framewireStream) close() {
	close(s.stop)
	s.pings.Wait()
}
