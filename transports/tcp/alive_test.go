package tcp

import (
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"framewire/pipeline"
	"framewire/transports/wire"
)

// In these tests time is virtual: five seconds of silence pass as soon as everybody waits.

// memorySender gives a sender on a network inside the process and one receiver's connection to it, after
// the handshake and the first ping.
func (m mode) memorySender(t *testing.T, lossless bool) (*sender, *journal, net.Conn) {
	t.Helper()
	s, log := m.openMemorySender(t)
	conn := m.joinMemory(t, s)
	if err := write(t.Context(), s, picture(s.env.Pool, 0, lossless)); err != nil {
		t.Fatal(err)
	}
	return s, log, conn
}

// openMemorySender gives a sender on a network inside the process, which set.dial dials.
func (m mode) openMemorySender(t *testing.T) (*sender, *journal) {
	t.Helper()
	env, log := testEnv(t)
	cfg := sendDefaults()
	cfg.Listen, cfg.Secret = "memory", m.secret
	s := newSender(cfg, env, newMemory().settings())
	if err := s.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s, log
}

// joinMemory gives a receiver's connection to the sender, after the handshake and the first ping.
func (m mode) joinMemory(t *testing.T, s *sender) net.Conn {
	t.Helper()
	conn, err := m.tryMemory(t, s)
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

// tryMemory is joinMemory where the sender may turn the connection away.
func (m mode) tryMemory(t *testing.T, s *sender) (_ net.Conn, err error) {
	t.Helper()
	raw, err := s.set.dial(t.Context(), "")
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			raw.Close()
		}
	}()
	conn, err := m.shake(raw)
	if err != nil {
		return nil, err
	}
	if _, err := conn.Write(hello(wire.RoleReceiver, wire.Version)); err != nil {
		return nil, err
	}
	if _, err := wire.ReadHello(conn); err != nil {
		return nil, err
	}
	if _, err := conn.Write(wire.Ping{Sent: time.Now()}.Append(nil)); err != nil {
		return nil, err
	}
	if m, err := wire.NewReader(conn, nil, 0).Next(); err != nil || m.Type != wire.TypePong {
		return nil, fmt.Errorf("the sender begins with %v, %v; want a pong", m.Type, err)
	}
	return conn, nil
}

func TestSilentReceiverIsGivenUp(t *testing.T) { both(t, testSilentReceiverIsGivenUp) }

func testSilentReceiverIsGivenUp(t *testing.T, m mode) {
	synctest.Test(t, func(t *testing.T) {
		s, log, conn := m.memorySender(t, true)
		defer conn.Close()
		log.await(t, `no sign of life for 5s`)
		synctest.Wait()
		if s.Wanted() {
			t.Error("the silent receiver is still counted")
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
}

// A receiver that lives but takes nothing is given up by a live stream, and waited for by a lossless one.
func TestReceiverThatTakesNothing(t *testing.T) { both(t, testReceiverThatTakesNothing) }

func testReceiverThatTakesNothing(t *testing.T, m mode) {
	for _, lossless := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			s, log, conn := m.memorySender(t, lossless)
			ticker := time.NewTicker(time.Second)
			for range 60 {
				<-ticker.C
				if _, err := conn.Write(wire.Ping{Sent: time.Now()}.Append(nil)); err != nil {
					break
				}
			}
			ticker.Stop()
			synctest.Wait()
			if gone := !s.Wanted(); gone == lossless {
				t.Errorf("lossless %v: given up after a minute: %v", lossless, gone)
			}
			if told := strings.Contains(log.String(), "it has taken nothing for 5s"); told == lossless {
				t.Errorf("lossless %v: the log says:\n%s", lossless, log)
			}
			conn.Close()
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestSilentSenderIsGivenUp(t *testing.T) { both(t, testSilentSenderIsGivenUp) }

func testSilentSenderIsGivenUp(t *testing.T, m mode) {
	synctest.Test(t, func(t *testing.T) {
		network := newMemory()
		env, log := testEnv(t)
		cfg := receiveDefaults()
		cfg.Listen, cfg.Secret = "memory", m.secret
		r := newReceiver(cfg, env, network.settings())
		if err := r.Open(t.Context()); err != nil {
			t.Fatal(err)
		}
		conn, err := network.dial(t.Context(), "")
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			conn := m.protect(t, conn)
			_, _ = conn.Write(hello(wire.RoleSender, wire.Version))
			_, _ = io.Copy(io.Discard, conn) // until it is given up
			conn.Close()
		}()
		read := make(chan error)
		go func() {
			_, err := r.Read(t.Context())
			read <- err
		}()
		log.await(t, "no sign of life for 5s")
		synctest.Wait() // until the place is free
		go func() {
			conn, err := network.dial(t.Context(), "")
			if err != nil {
				t.Error(err)
				return
			}
			conn = m.protect(t, conn)
			_, _ = conn.Write(hello(wire.RoleSender, wire.Version))
			if _, err := wire.ReadHello(conn); err != nil {
				t.Error(err)
			}
			go func() { _, _ = conn.Write(wire.AppendEnd(nil)) }()
			_, _ = io.Copy(io.Discard, conn)
			conn.Close()
		}()
		if err := <-read; err != pipeline.ErrEnd {
			t.Errorf("then %v, want the end", err)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
}

// A chain that does not come back for more for a minute loses nothing: the receiver keeps pinging, and
// counts no time in which it did not read.
func TestSlowChainKeepsItsConnection(t *testing.T) { both(t, testSlowChainKeepsItsConnection) }

func testSlowChainKeepsItsConnection(t *testing.T, m mode) {
	synctest.Test(t, func(t *testing.T) {
		network := newMemory()
		senv, _ := testEnv(t)
		send := sendDefaults()
		send.Listen, send.Secret = "memory", m.secret
		s := newSender(send, senv, network.settings())
		renv, _ := testEnv(t)
		receive := receiveDefaults()
		receive.Dial, receive.Secret = "memory:1", m.secret
		r := newReceiver(receive, renv, network.settings())
		if err := s.Open(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := r.Open(t.Context()); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error)
		go func() {
			sendAll(t, s, 0, 10, true)
			ended <- s.End(t.Context())
		}()
		for want := range uint64(10) {
			if want == 2 {
				<-time.After(time.Minute)
			}
			f, err := r.Read(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if f.Seq != want {
				t.Errorf("frame %d, want %d", f.Seq, want)
			}
			f.Release()
		}
		if _, err := r.Read(t.Context()); err != pipeline.ErrEnd {
			t.Errorf("then %v, want the end", err)
		}
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if n := r.env.Counters.Reconnects.Load(); n != 0 {
			t.Errorf("%d reconnects, want 0", n)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
}

// Waiting for somebody is told once, and again only every half minute.
func TestWaitingIsToldRarely(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := newMemory()
		network.Close()
		env, log := testEnv(t)
		cfg := receiveDefaults()
		cfg.Dial = "camera:5000"
		r := newReceiver(cfg, env, network.settings())
		if err := r.Open(t.Context()); err != nil {
			t.Fatal(err)
		}
		for i, after := range []time.Duration{10 * time.Second, 25 * time.Second, 30 * time.Second} {
			<-time.After(after)
			if n := strings.Count(log.String(), "waiting for camera:5000: cause=\"connection refused\""); n != i+1 {
				t.Errorf("told %d times, want %d:\n%s", n, i+1, log)
			}
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
}

// Closing waits for nobody: neither for a peer that said hello and then nothing, nor for one that takes
// nothing. Time is virtual here and costs nothing, so it can be compared.
func TestCloseIsQuick(t *testing.T) { both(t, testCloseIsQuick) }

func testCloseIsQuick(t *testing.T, m mode) {
	synctest.Test(t, func(t *testing.T) {
		network := newMemory()
		env, _ := testEnv(t)
		cfg := sendDefaults()
		cfg.Listen, cfg.Secret = "memory", m.secret
		s := newSender(cfg, env, network.settings())
		if err := s.Open(t.Context()); err != nil {
			t.Fatal(err)
		}
		conn, err := network.dial(t.Context(), "")
		if err != nil {
			t.Fatal(err)
		}
		conn = m.protect(t, conn)
		say(t, conn, hello(wire.RoleReceiver, wire.Version))
		if _, err := wire.ReadHello(conn); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if took := time.Since(began); took > time.Second {
			t.Errorf("the sender took %s to close", took)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		network := newMemory()
		env, log := testEnv(t)
		cfg := receiveDefaults()
		cfg.Listen, cfg.Secret = "memory", m.secret
		r := newReceiver(cfg, env, network.settings())
		if err := r.Open(t.Context()); err != nil {
			t.Fatal(err)
		}
		conn, err := network.dial(t.Context(), "")
		if err != nil {
			t.Fatal(err)
		}
		conn = m.protect(t, conn)
		say(t, conn, hello(wire.RoleSender, wire.Version))
		if _, err := wire.ReadHello(conn); err != nil {
			t.Fatal(err)
		}
		log.await(t, "listening")
		synctest.Wait() // its first ping is being written, and nobody reads it
		began := time.Now()
		if err := r.Close(); err != nil {
			t.Error(err)
		}
		if took := time.Since(began); took > time.Second {
			t.Errorf("the receiver took %s to close", took)
		}
	})
}
