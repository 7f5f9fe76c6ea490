package tcp

import (
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"framewire/transports/wire"
)

// visitor is a connection of which the lobby sees only where it comes from, and which remembers its end.
type visitor struct {
	net.Conn
	from   string
	closed bool
}

func (v *visitor) RemoteAddr() net.Addr {
	return net.TCPAddrFromAddrPort(netip.MustParseAddrPort(v.from))
}

func (v *visitor) Close() error {
	v.closed = true
	return nil
}

// Who has to go is the oldest: of the same address when that has its share, of all when the lobby is full.
func TestLobby(t *testing.T) {
	l := lobby{places: 4, share: 2}
	steps := []struct {
		from string
		out  int // which step's connection has to go, -1 for none
	}{
		{"10.0.0.1:1", -1},
		{"10.0.0.1:2", -1},
		{"10.0.0.1:3", 0}, // the address has its share
		{"[2001:db8::1]:1", -1},
		{"[2001:db8::2]:1", -1},
		{"[2001:db8::3]:1", 3},     // another address of the same network
		{"[2001:db8:0:1::3]:1", 1}, // another network, but all places are taken
		{"[::ffff:10.0.0.1]:4", 2}, // the first address, written otherwise, has one guest: all places are taken
	}
	var guests []*guest
	for i, step := range steps {
		in, out := l.enter(&visitor{from: step.from})
		guests = append(guests, in)
		switch {
		case step.out < 0 && out != nil:
			t.Errorf("step %d: %s has to go, want nobody", i, out.from)
		case step.out >= 0 && out != guests[step.out]:
			t.Errorf("step %d: %v has to go, want the one of step %d", i, out, step.out)
		case step.out >= 0 && (!out.conn.(*visitor).closed || !l.leave(out)):
			t.Errorf("step %d: who had to go is not closed, or is not told apart", i)
		}
	}
	for i, g := range guests {
		l.leave(g)
		l.leave(g)
		if g.conn.(*visitor).closed != g.sent {
			t.Errorf("step %d: closed %v, sent away %v", i, g.conn.(*visitor).closed, g.sent)
		}
	}
	if n := len(l.guests); n != 0 {
		t.Errorf("%d guests are left", n)
	}
}

// Nobody has to go before his time is over; until then there is no place.
func TestLobbyGrace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := lobby{places: 1, share: 1, grace: 200 * time.Millisecond}
		first, _ := l.enter(&visitor{from: "10.0.0.1:1"})
		time.Sleep(199 * time.Millisecond) // the test's clock
		if in, out := l.enter(&visitor{from: "10.0.0.1:2"}); in != nil || out != nil || first.sent {
			t.Errorf("after 199 ms %v came in and %v had to go", in, out)
		}
		time.Sleep(time.Millisecond)
		if in, out := l.enter(&visitor{from: "10.0.0.1:2"}); in == nil || out != first {
			t.Errorf("after 200 ms %v came in and %v had to go", in, out)
		}
	})
}

// A hundred receivers that come in the same instant are all let in.
func TestBurstOfReceivers(t *testing.T) {
	const receivers = 100
	set := quick()
	set.grace = time.Minute
	s, log := startSender(t, SendConfig{Listen: loopback, MaxPeers: receivers}, set)
	for range receivers {
		startReceiver(t, ReceiveConfig{Dial: s.end.listener.Addr().String()}, quick())
	}
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	limit := time.After(30 * time.Second)
	for s.env.Counters.Peers.Load() < receivers {
		select {
		case <-tick.C:
		case <-limit:
			t.Fatalf("%d of %d receivers were let in", s.env.Counters.Peers.Load(), receivers)
		}
	}
	if strings.Contains(log.String(), "closed the oldest") {
		t.Errorf("a receiver was pushed out:\n%s", log)
	}
}

// However many connections say nothing, or no more than hello, a receiver gets through beside them.
func TestSilentStrangers(t *testing.T) {
	for _, says := range []string{"", string(hello(wire.RoleReceiver, wire.Version))} {
		set := quick()
		set.handshakes, set.perAddress = 4, 2
		s, log := startSender(t, SendConfig{Listen: loopback}, set)
		var strangers []net.Conn
		for range 20 {
			conn := dialRaw(t, addressOf(s.end))
			_, _ = io.WriteString(conn, says) // it may have had to go already
			strangers = append(strangers, conn)
		}
		log.await(t, "too many connections that say nothing, closed the oldest")
		r, _ := startReceiver(t, ReceiveConfig{Dial: addressOf(s.end)}, quick())
		sendAll(t, s, 0, 1, true)
		f, err := r.Read(limited(t))
		if err != nil {
			t.Fatal(err)
		}
		f.Release()
		_ = strangers[0].SetReadDeadline(time.Now().Add(10 * time.Second))
		if _, err := io.Copy(io.Discard, strangers[0]); errors.Is(err, os.ErrDeadlineExceeded) {
			t.Error("the oldest is still there")
		}
	}
}

// Connections that say nothing are closed after the time of a handshake.
func TestStrangersAreGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _ := mode{}.openMemorySender(t)
		conn, err := s.set.dial(t.Context(), "")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, conn); err != nil {
			t.Error(err)
		}
		synctest.Wait()
		if n := len(s.end.lobby.guests); n != 0 {
			t.Errorf("%d guests are left in the lobby", n)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
}
