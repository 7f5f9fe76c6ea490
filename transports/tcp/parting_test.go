package tcp

import (
	"context"
	"errors"
	"io"
	"net"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"framewire/pipeline"
	"framewire/transports/wire"
)

// keepPinging pings every second until the connection breaks or the test has enough.
func keepPinging(conn net.Conn, enough <-chan struct{}) {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			if _, err := conn.Write(wire.Ping{Sent: time.Now()}.Append(nil)); err != nil {
				return
			}
		case <-enough:
			return
		}
	}
}

// readTypes reads until the connection breaks and gives what came.
func readTypes(conn net.Conn, pool *pipeline.Pool, saw func(wire.Type)) {
	in := wire.NewReader(conn, pool, 8<<20)
	for {
		m, err := in.Next()
		if err != nil {
			return
		}
		if m.Frame != nil {
			m.Frame.Release()
		}
		saw(m.Type)
	}
}

// A receiver that has read the end of a lossless stream and does not close is given up; one whose machine
// has not confirmed everything yet is waited for. Nobody else is let in meanwhile.
func TestPartingReceivers(t *testing.T) { both(t, testPartingReceivers) }

func testPartingReceivers(t *testing.T, m mode) {
	for _, unread := range []int{0, 1000} {
		synctest.Test(t, func(t *testing.T) {
			var left atomic.Int64
			left.Store(int64(unread))
			s, log, conn := m.memorySender(t, true)
			s.set.unread = func(net.Conn) int { return int(left.Load()) }
			enough, told := make(chan struct{}), make(chan struct{})
			go keepPinging(conn, enough)
			go readTypes(conn, s.env.Pool, func(typ wire.Type) {
				if typ == wire.TypeEnd {
					close(told)
				}
			})
			ended := make(chan error, 1)
			go func() { ended <- s.End(t.Context()) }()
			<-told
			late, err := s.set.dial(t.Context(), "")
			if err != nil {
				t.Fatal(err)
			}
			late = m.protect(t, late)
			say(t, late, hello(wire.RoleReceiver, wire.Version))
			var refusal *wire.Refusal
			if _, err := wire.ReadHello(late); !errors.As(err, &refusal) || refusal.Text != "the stream has ended here" {
				t.Errorf("who comes after the end got %v", err)
			}
			late.Close()
			if unread > 0 {
				<-time.After(10 * time.Minute)
				synctest.Wait()
				if len(ended) > 0 || !s.Wanted() {
					t.Errorf("a receiver that still reads was given up: %v", <-ended)
				}
				left.Store(0) // the rest arrived; still nothing is closed
			}
			if err := <-ended; err != nil {
				t.Error(err)
			}
			synctest.Wait()
			if !strings.Contains(log.String(), "gave a receiver up after the end of the stream") {
				t.Errorf("the log says:\n%s", log)
			}
			close(enough)
			conn.Close()
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

// A receiver's machine that has confirmed everything shows as nothing unacknowledged, one that does not
// take what was sent as something.
func TestUnacknowledged(t *testing.T) { both(t, testUnacknowledged) }

func testUnacknowledged(t *testing.T, m mode) {
	s, log := m.startSender(t, SendConfig{Listen: loopback}, quick())
	conn := m.stalled(t, addressOf(s.end))
	log.await(t, "receiver connected")
	if err := write(t.Context(), s, large(s.env.Pool, 0, 32<<20, true)); err != nil {
		t.Fatal(err)
	}
	s.mu.Lock()
	sending := s.peers[0].conn
	s.mu.Unlock()
	if _, err := io.CopyN(io.Discard, conn, 1<<20); err != nil { // it is under way now, and far from through
		t.Fatal(err)
	}
	for since := time.Now(); unacknowledgedKnown && unacknowledged(sending) == 0; {
		if time.Since(since) > 30*time.Second { // what was read makes room, which has to fill again
			t.Fatal("nothing is unacknowledged while the receiver does not read")
		}
		runtime.Gosched()
	}
	a, b := net.Pipe()
	defer a.Close()
	defer b.Close()
	if n := unacknowledged(a); n != 0 {
		t.Errorf("a pipe has %d bytes unacknowledged", n)
	}
}

// What a lossless stream has not delivered when it is stopped is counted and told once.
func TestStoppedBeforeDelivery(t *testing.T) { both(t, testStoppedBeforeDelivery) }

func testStoppedBeforeDelivery(t *testing.T, m mode) {
	const told = "stopped before everything was delivered: frames=3"
	tests := []struct {
		name     string
		lossless bool
		before   func(*testing.T, *sender, *journal, net.Conn)
		dropped  uint64
	}{
		{"waiting for a receiver", true, func(*testing.T, *sender, *journal, net.Conn) {}, 3},
		{"kept for the next receiver", true, func(t *testing.T, _ *sender, log *journal, conn net.Conn) {
			conn.Close()
			log.await(t, "receiver left")
		}, 3},
		{"end ran out of time", true, func(t *testing.T, s *sender, _ *journal, _ net.Conn) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			if err := s.End(ctx); err == nil {
				t.Error("the end was told to a receiver that takes nothing")
			}
		}, 3},
		{"all delivered", true, func(_ *testing.T, s *sender, _ *journal, conn net.Conn) {
			go readTypes(conn, s.env.Pool, func(wire.Type) {})
			synctest.Wait()
		}, 0},
		{"live", false, func(*testing.T, *sender, *journal, net.Conn) {}, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, log, conn := m.memorySender(t, test.lossless)
				synctest.Wait() // the first frame is being written
				sendAll(t, s, 1, 3, test.lossless)
				test.before(t, s, log, conn)
				for range 2 {
					if err := s.Close(); err != nil {
						t.Error(err)
					}
				}
				conn.Close()
				if n := s.env.Counters.Dropped.Load(); n != test.dropped {
					t.Errorf("%d frames dropped, want %d", n, test.dropped)
				}
				if n := strings.Count(log.String(), told); n != min(1, int(test.dropped)) {
					t.Errorf("told %d times:\n%s", n, log)
				}
			})
		})
	}
}
