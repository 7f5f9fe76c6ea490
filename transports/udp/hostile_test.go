package udp

import (
	"encoding/binary"
	"math/rand/v2"
	"net/netip"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"framewire/transports/datagram"
	"framewire/transports/internal/impair"
	"framewire/transports/secret"
	"framewire/transports/session"
	"framewire/transports/wire"
)

// stranger is somebody else on the network.
type stranger struct {
	w   *wonder
	end *impair.End
}

func (w *wonder) stranger(at string) *stranger {
	end := w.link.End(netip.MustParseAddrPort(at))
	w.t.Cleanup(func() { end.Close() })
	return &stranger{w, end}
}

func (s *stranger) say(b []byte) {
	_ = s.end.WriteTo(b, len(b), netip.MustParseAddrPort(senderAt))
}

// answers counts what the listening end has ever sent there.
func (s *stranger) answers() uint64 { return s.w.link.Stats(s.w.end("10.0.0.1"), s.end).Sent }

// initiation makes one like the program's own.
func initiation(t *testing.T, key *session.Key, role wire.Role) (*session.Initiation, []byte) {
	t.Helper()
	hello, err := wire.Hello{Version: wire.Version, Role: role}.Append(nil)
	if err != nil {
		t.Fatal(err)
	}
	i, packet, err := session.Initiate(key, hello)
	if err != nil {
		t.Fatal(err)
	}
	return i, packet
}

// besieged runs a stream while somebody attacks, and checks that nothing of it is lost.
func besieged(t *testing.T, set setting, attack func(w *wonder)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		set.conditions.Delay = 5 * time.Millisecond
		w := newWonder(t, set)
		var got arrivals
		done := make(chan struct{})
		go func() {
			defer close(done)
			got.read(t.Context(), w.r)
		}()
		w.connected()
		played := make(chan struct{})
		go func() {
			defer close(played)
			w.play(150, always(50_000))
		}()
		attack(w)
		<-played
		<-done
		w.close()
		wantRun(t, got.seqs, 0, 150)
		if got.err != nil {
			t.Error(got.err)
		}
	})
}

// memory is what is in use after a collection.
func memory() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// Whoever does not know the secret gets no packet at all, whatever he says.
func TestStrangersGetNoAnswer(t *testing.T) {
	besieged(t, setting{}, func(w *wonder) {
		x := w.stranger("10.0.0.66:1234")
		noise := rand.New(rand.NewPCG(1, 2))
		other := secret.New(secret.Generate()).Key()
		wrong, wrongPacket := initiation(t, &other, wire.RoleReceiver)
		_ = wrong
		_, clear := initiation(t, nil, wire.RoleReceiver)
		x.say([]byte("GET / HTTP/1.1\r\n\r\n"))
		x.say(wrongPacket)
		x.say(clear)
		x.say(make([]byte, 1500))
		for range 1000 {
			b := make([]byte, 1+noise.IntN(1400))
			for i := range b {
				b[i] = byte(noise.Uint32())
			}
			b[0] = byte(noise.IntN(8)) // kinds that there are, too
			x.say(b)
			time.Sleep(time.Millisecond)
		}
		time.Sleep(time.Second)
		if n := x.answers(); n != 0 {
			t.Errorf("strangers got %d packets", n)
		}
		if lines := strings.Count(w.slog.String(), "turned a"); lines == 0 || lines > 8 {
			t.Errorf("%d lines about strangers in two seconds:\n%s", lines, w.slog)
		}
	})
}

// What was recorded on the way is worth nothing: not now, and not to a sender that was started again.
func TestReplays(t *testing.T) {
	besieged(t, setting{}, func(w *wonder) {
		key := w.s.cfg.Secret.Key()
		x := w.stranger("10.0.0.66:1234")
		_, packet := initiation(t, &key, wire.RoleReceiver)
		x.say(packet)
		time.Sleep(time.Second)
		if n := x.answers(); n != 1 {
			t.Fatalf("an end that knows the secret got %d answers, want 1", n)
		}
		for range 100 {
			x.say(packet)
		}
		time.Sleep(time.Second)
		if n := x.answers(); n != 1 {
			t.Errorf("a replayed initiation was answered %d times", n-1)
		}
		if n := w.s.env.Counters.Peers.Load(); n != 1 {
			t.Errorf("%d receivers are counted, want 1", n)
		}
	})
}

// Ten megabytes of rubbish in the format's clothes cost no memory.
func TestGarbage(t *testing.T) {
	before := memory()
	besieged(t, setting{}, func(w *wonder) {
		x := w.stranger("10.0.0.66:1234")
		noise := rand.New(rand.NewPCG(3, 4))
		b := make([]byte, 1372)
		for sent := 0; sent < 10<<20; sent += len(b) {
			for i := 0; i < len(b)-8; i += 8 {
				binary.BigEndian.PutUint64(b[i:], noise.Uint64())
			}
			b[0] = byte(1 + noise.IntN(6))
			x.say(b)
			if sent%(64*len(b)) == 0 {
				time.Sleep(time.Millisecond)
			}
		}
		if n := x.answers(); n != 0 {
			t.Errorf("rubbish got %d packets", n)
		}
	})
	if after := memory(); after > before+32<<20 {
		t.Errorf("memory grew from %d to %d bytes", before, after)
	}
}

// Initiations from a thousand addresses that nobody goes on with take no place and little memory.
func TestHandshakeFlood(t *testing.T) {
	besieged(t, setting{clear: true}, func(w *wonder) {
		for i := range 1000 {
			_, packet := initiation(t, nil, wire.RoleReceiver)
			at := netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 1, byte(i >> 8), byte(i)}), 1000)
			end := w.link.End(at)
			_ = end.WriteTo(packet, len(packet), netip.MustParseAddrPort(senderAt))
			time.Sleep(2 * time.Millisecond)
			if sent, got := w.link.Stats(end, w.end("10.0.0.1")).Bytes, w.link.Stats(w.end("10.0.0.1"), end).Bytes; got > sent {
				t.Fatalf("%d bytes were answered with %d", sent, got)
			}
			end.Close()
		}
		h := w.s.end.hub
		h.mu.Lock()
		guests, links := len(h.lobby.guests), len(h.links)
		h.mu.Unlock()
		if guests > h.lobby.places || links > h.lobby.places+1 {
			t.Errorf("%d guests and %d sessions", guests, links)
		}
		if n := w.s.env.Counters.Peers.Load(); n != 1 {
			t.Errorf("%d receivers are counted, want 1", n)
		}
	})
}

// A sender that begins a million frames and ends none is bounded in memory, and so is one that sends frames
// of nothing.
func TestMillionFirstFragments(t *testing.T) {
	count := uint32(1_000_000)
	if raceDetector {
		count = 100_000
	}
	synctest.Test(t, func(t *testing.T) {
		w := newWonder(t, setting{clear: true, rash: true, receive: func(c *ReceiveConfig) { c.Dial, c.Listen = "", receiverAt }})
		before := memory()
		x := w.stranger("10.0.0.66:1234")
		to := netip.MustParseAddrPort(receiverAt)
		i, packet := initiation(t, nil, wire.RoleSender)
		var s *session.Session
		_ = x.end.WriteTo(packet, len(packet), to)
		for s == nil {
			_ = x.end.Read(func(b []byte, _ netip.AddrPort, _ time.Time) { s, _, _ = i.Finish(b) })
		}
		fragment := make([]byte, session.Header+datagram.FragmentSize+1000, 2000)
		burst := make([]byte, 0, 64*len(fragment))
		for n := range count {
			f := fragment[session.Header:]
			clear(f[:datagram.FragmentSize])
			f[0] = byte(datagram.TypeFragment)
			binary.BigEndian.PutUint32(f[2:], n)
			binary.BigEndian.PutUint32(f[6:], 60<<20)
			binary.BigEndian.PutUint16(f[10:], 1000)
			burst = append(burst, s.Seal(fragment)...)
			if n%64 == 63 {
				_ = x.end.WriteTo(burst, len(fragment), to)
				burst = burst[:0]
				if n%(64*256) == 63 {
					time.Sleep(time.Millisecond)
				}
			}
		}
		time.Sleep(100 * time.Millisecond)
		if after := memory(); after > before+96<<20 {
			t.Errorf("memory grew from %d to %d bytes", before, after)
		}
		if n := w.r.env.Counters.Dropped.Load(); n < uint64(count)*9/10 {
			t.Errorf("%d frames were counted as given up", n)
		}
		w.close()
		if n := w.r.env.Pool.Outstanding(); n != 0 {
			t.Errorf("%d frames were not given back", n)
		}
	})
}
