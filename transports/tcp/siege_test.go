package tcp

import (
	"crypto/tls"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"framewire/pipeline"
	"framewire/transports/secret"
	"framewire/transports/secure"
	"framewire/transports/wire"
)

// In these tests time is virtual.

func guard(t testing.TB, text string) *secure.Guard {
	t.Helper()
	g, err := secure.NewGuard(secret.New(text), secure.TLS{}, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// Wherever a peer falls silent, five seconds after it connected it is gone and its place is free.
func TestHandshakeDeadline(t *testing.T) {
	m := mode{secret.New(testSecret)}
	steps := map[string]func(*testing.T, net.Conn){
		"a late hello and no ping": func(t *testing.T, conn net.Conn) {
			<-time.After(4 * time.Second)
			conn = m.protect(t, conn)
			say(t, conn, hello(wire.RoleReceiver, wire.Version))
			if _, err := wire.ReadHello(conn); err != nil {
				t.Error(err)
			}
		},
		"nothing":            func(*testing.T, net.Conn) {},
		"half a ClientHello": func(t *testing.T, conn net.Conn) { say(t, conn, []byte("\x16\x03\x01\x02\x00\x01")) },
		"TLS and no proof":   func(t *testing.T, conn net.Conn) { bareTLS(t, conn) },
		"TLS and half a hello": func(t *testing.T, conn net.Conn) {
			say(t, bareTLS(t, conn), hello(wire.RoleReceiver, wire.Version)[:9])
		},
		"a proof and no hello": func(t *testing.T, conn net.Conn) { m.protect(t, conn) },
	}
	for name, step := range steps {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, _ := m.openMemorySender(t)
				began := time.Now()
				conn, err := s.set.dial(t.Context(), "")
				if err != nil {
					t.Fatal(err)
				}
				step(t, conn)
				_, _ = io.Copy(io.Discard, conn)
				if took := time.Since(began); took < 5*time.Second || took > 6*time.Second {
					t.Errorf("given up after %s, want 5s and the time for telling it", took)
				}
				synctest.Wait()
				if n := len(s.end.lobby.guests); n != 0 {
					t.Errorf("%d guests are left in the lobby", n)
				}
				if err := s.Close(); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

// bareTLS shakes hands as somebody who can do that much and knows no secret.
func bareTLS(t *testing.T, conn net.Conn) net.Conn {
	t.Helper()
	c := tls.Client(conn, &tls.Config{InsecureSkipVerify: true, NextProtos: []string{secure.ALPN}})
	if err := c.Handshake(); err != nil {
		t.Error(err)
	}
	return c
}

// The answers to wrong secrets come later and later, from one network; a right secret is answered at once.
func TestWrongSecretsAreSlowedDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := mode{secret.New(testSecret)}
		s, log := m.openMemorySender(t)
		wrong := guard(t, otherSecret)
		try := func() time.Duration {
			conn, err := s.set.dial(t.Context(), "")
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			began := time.Now()
			if _, err := wrong.Client(conn, ""); err == nil {
				t.Error("a wrong secret was let in")
			}
			return time.Since(began)
		}
		for i, want := range []time.Duration{100, 200, 400, 800, 1600, 3000, 3000} {
			if got := try(); got != want*time.Millisecond {
				t.Errorf("the answer to wrong secret %d took %s, want %s", i+1, got, want*time.Millisecond)
			}
		}
		began := time.Now()
		conn := m.joinMemory(t, s)
		if took := time.Since(began); took != 0 {
			t.Errorf("a right secret waited %s", took)
		}
		log.await(t, "receiver connected")
		conn.Close()
		log.await(t, `cause="the secrets of both ends differ"`)
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
}

// A thousand wrong secrets and five hundred connections that say a byte now and then keep nobody out for
// long, and hold no more than the lobby's places.
func TestSiege(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := mode{secret.New(testSecret)}
		s, log := m.openMemorySender(t)
		wrong := guard(t, otherSecret)
		over := make(chan struct{})
		var siege sync.WaitGroup
		var tried, crawled atomic.Int64
		for range 20 { // at a time
			siege.Go(func() {
				for range 50 {
					if conn, err := s.set.dial(t.Context(), ""); err == nil {
						if _, err := wrong.Client(conn, ""); err == nil {
							t.Error("a wrong secret was let in")
						}
						conn.Close()
						tried.Add(1)
					}
				}
			})
		}
		hello := []byte("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")
		for range 500 {
			siege.Go(func() {
				conn, err := s.set.dial(t.Context(), "")
				if err != nil {
					return
				}
				defer conn.Close()
				crawled.Add(1)
				for _, b := range hello {
					select {
					case <-time.After(time.Second):
					case <-over:
						return
					}
					if _, err := conn.Write([]byte{b}); err != nil {
						return
					}
				}
			})
		}
		began := time.Now()
		var backoff pipeline.Backoff
		conn, err := m.tryMemory(t, s)
		for err != nil && time.Since(began) <= time.Minute { // as a receiver does that was turned away
			_ = backoff.Wait(t.Context()) // the next try tells
			conn, err = m.tryMemory(t, s)
		}
		if err != nil {
			t.Fatalf("a right secret was kept out for %s: %v", time.Since(began), err)
		}
		log.await(t, "receiver connected")
		s.end.lobby.mu.Lock()
		n := len(s.end.lobby.guests)
		s.end.lobby.mu.Unlock()
		if n > s.set.perAddress {
			t.Errorf("%d guests are in the lobby, and one network may have %d", n, s.set.perAddress)
		}
		if err := write(t.Context(), s, picture(s.env.Pool, 0, true)); err != nil {
			t.Fatal(err)
		}
		came := make(chan wire.Type, 1)
		go func() {
			defer close(came)
			readTypes(conn, s.env.Pool, func(typ wire.Type) { came <- typ })
		}()
		if typ := <-came; typ != wire.TypeFrame {
			t.Errorf("a %v came, want the frame", typ)
		}
		keep := make(chan struct{})
		go keepPinging(conn, keep)
		go func() {
			for range came {
			}
		}()
		siegeOver := make(chan struct{})
		go func() { siege.Wait(); close(siegeOver) }()
		for tried.Load() < 1000 || crawled.Load() < 500 {
			<-time.After(time.Second)
		}
		close(over)
		<-siegeOver
		if !s.Wanted() {
			t.Error("the receiver did not outlive the siege")
		}
		synctest.Wait()
		if n := len(s.end.lobby.guests); n != 0 {
			t.Errorf("%d guests are left in the lobby", n)
		}
		if n := strings.Count(log.String(), "turned a connection away"); n > 200 {
			t.Errorf("%d lines about strangers", n)
		}
		close(keep)
		conn.Close()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
}
