package tcp

import (
	"bytes"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hashicorp/go-hclog"

	"framewire/transports/wire"
)

// A receiver that takes a few bytes now and then does not keep a live stream's frames; a lossless stream
// waits for it.
func TestTricklingReceiver(t *testing.T) {
	for _, lossless := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			s, log, conn := mode{}.memorySender(t, lossless)
			enough := make(chan struct{})
			go keepPinging(conn, enough)
			ticker := time.NewTicker(2 * time.Second)
			for range 30 {
				<-ticker.C
				if _, err := io.ReadFull(conn, make([]byte, 10)); err != nil {
					break
				}
			}
			ticker.Stop()
			synctest.Wait()
			if gone := !s.Wanted(); gone == lossless {
				t.Errorf("lossless %v: given up after a minute: %v", lossless, gone)
			}
			if told := strings.Contains(log.String(), "it is too slow for a live stream"); told == lossless {
				t.Errorf("lossless %v: the log says:\n%s", lossless, log)
			}
			close(enough)
			conn.Close()
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

// Pings without end get twenty answers a second, and frames and the end come through between them.
func TestPingFlood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _, conn := mode{}.memorySender(t, true)
		var pongs, frames atomic.Int64
		told := make(chan struct{})
		go readTypes(conn, s.env.Pool, func(typ wire.Type) {
			switch typ {
			case wire.TypePong:
				pongs.Add(1)
			case wire.TypeFrame:
				frames.Add(1)
			case wire.TypeEnd:
				close(told)
			}
		})
		ping := wire.Ping{Sent: time.Now()}.Append(nil)
		flood := func() { say(t, conn, bytes.Repeat(ping, 100)) }
		ticker := time.NewTicker(time.Millisecond)
		for range 1000 {
			<-ticker.C
			flood()
		}
		ticker.Stop()
		synctest.Wait()
		if n := pongs.Load(); n < 15 || n > 20 {
			t.Errorf("%d answers in a second, want about 20", n)
		}
		ended := make(chan error, 1)
		go func() { ended <- s.End(t.Context()) }()
		flood()
		<-told
		if n := frames.Load(); n != 1 {
			t.Errorf("%d frames came, want 1", n)
		}
		conn.Close()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
}

// terminal is a log's output that holds up whoever writes a certain line to it, as a terminal does on
// which somebody pressed Ctrl-S.
type terminal struct {
	at       string
	once     sync.Once
	held     chan struct{} // closed when the line comes
	released chan struct{}
}

func (o *terminal) Write(p []byte) (int, error) {
	if strings.Contains(string(p), o.at) {
		o.once.Do(func() {
			close(o.held)
			<-o.released
		})
	}
	return len(p), nil
}

// A log that takes nothing holds up no more than the goroutine that writes to it: the stream goes on.
func TestBlockedLog(t *testing.T) {
	for _, line := range []string{"receiver connected", "receiver left", "dropped frames for a slow receiver"} {
		t.Run(line, func(t *testing.T) {
			env, _ := testEnv(t)
			out := &terminal{at: line, held: make(chan struct{}), released: make(chan struct{})}
			env.Log = hclog.New(&hclog.LoggerOptions{Output: out})
			set := quick()
			set.report = 10 * time.Millisecond
			cfg := sendDefaults()
			cfg.Listen = loopback
			s := newSender(cfg, env, set)
			if err := s.Open(t.Context()); err != nil {
				t.Fatal(err)
			}
			conn := mode{}.stalled(t, addressOf(s.end))
			if _, err := wire.ReadHello(conn); err != nil {
				t.Fatal(err)
			}
			if line != "receiver connected" {
				if _, err := wire.NewReader(conn, nil, 0).Next(); err != nil { // the pong: it is a receiver now
					t.Fatal(err)
				}
			}
			switch line {
			case "receiver left":
				conn.Close()
			case "dropped frames for a slow receiver":
				for seq := range uint64(8) { // the connection takes one of them, the queue two
					if err := write(t.Context(), s, large(env.Pool, seq, 16<<20, false)); err != nil {
						t.Fatal(err)
					}
				}
			}
			<-out.held
			sendAll(t, s, 100, 101, false) // takes the lock, which a test that fails here waits for without end
			close(out.released)
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}
