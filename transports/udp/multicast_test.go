package udp

import (
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"framewire/transports/internal/impair"
	"framewire/transports/secret"
)

const group = "239.1.2.3:5004"

// newGroup opens a sender to the group and so many receivers, each on a host of its own.
func newGroup(t *testing.T, conditions impair.Conditions, receivers int, key secret.Secret, source string) (*wonder, []*receiver) {
	t.Helper()
	w := &wonder{t: t, link: impair.NewLink(conditions), ends: make(map[string]*impair.End)}
	var list []*receiver
	for i := range receivers {
		r, _ := w.receiver(receiving(func(c *ReceiveConfig) {
			c.Group, c.Secret, c.Insecure, c.Source = group, key, key.IsZero(), source
		}), netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, 1, byte(i)}), 1).String(), setting{})
		list = append(list, r)
	}
	w.s, w.slog = w.sender(sending(func(c *SendConfig) { c.Group, c.Secret, c.Insecure = group, key, key.IsZero() }), setting{})
	return w, list
}

// One send reaches every receiver, parity makes losses good, and the end is told.
func TestGroup(t *testing.T) {
	for _, key := range []secret.Secret{{}, secret.New(secret.Generate())} {
		synctest.Test(t, func(t *testing.T) {
			const frames = 150
			w, list := newGroup(t, impair.Conditions{Seed: 1, Loss: .03, Delay: 5 * time.Millisecond}, 3, key, "")
			got := make([]arrivals, len(list))
			done := make(chan struct{}, len(list))
			for i, r := range list {
				go func() {
					got[i].read(t.Context(), r)
					done <- struct{}{}
				}()
			}
			if !w.s.Wanted() {
				t.Error("frames are not wanted for a group")
			}
			w.play(frames, always(50_000))
			for i, r := range list {
				<-done
				if n := len(got[i].seqs); n < frames-1 || got[i].err != nil {
					t.Errorf("receiver %d got %d of %d frames: %v", i, n, frames, got[i].err)
				}
				if err := r.Close(); err != nil {
					t.Error(err)
				}
			}
			if err := w.s.Close(); err != nil {
				t.Error(err)
			}
			sent := w.link.Stats(w.end("10.0.0.1"), w.end("10.0.1.0")).Bytes
			if limit := uint64(frames * 50_000 * 130 / 100); sent > limit {
				t.Errorf("%d bytes were sent, want at most %d", sent, limit)
			}
		})
	}
}

// A sender that was killed and starts again is followed.
func TestGroupSenderRestarts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, list := newGroup(t, impair.Conditions{}, 1, secret.New(secret.Generate()), "")
		for run := range uint64(3) {
			f := block(w.s.env.Pool, run, 1000, false)
			if err := write(t.Context(), w.s, f); err != nil {
				t.Fatal(err)
			}
			got, err := list[0].Read(t.Context())
			if err != nil || got.Seq != run {
				t.Fatalf("run %d: %v", run, err)
			}
			got.Release()
			if run == 1 { // without a word
				w.end("10.0.0.1").Close()
			}
			if err := w.s.Close(); err != nil {
				t.Error(err)
			}
			time.Sleep(100 * time.Millisecond)
			w.s, w.slog = w.sender(w.s.cfg, setting{})
		}
		if n := list[0].env.Counters.Reconnects.Load(); n != 2 {
			t.Errorf("%d reconnects, want 2", n)
		}
		if err := list[0].Close(); err != nil {
			t.Error(err)
		}
		if err := w.s.Close(); err != nil {
			t.Error(err)
		}
	})
}

// A receiver with another secret than the sender's gets nothing and says why.
func TestGroupStranger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &wonder{t: t, link: impair.NewLink(impair.Conditions{}), ends: make(map[string]*impair.End)}
		r, log := w.receiver(receiving(func(c *ReceiveConfig) {
			c.Group, c.Secret = group, secret.New(secret.Generate())
		}), "10.0.1.1:1", setting{})
		w.s, w.slog = w.sender(sending(func(c *SendConfig) { c.Group, c.Secret = group, secret.New(secret.Generate()) }), setting{})
		log.await(t, "turned a datagram to the group away")
		for _, end := range []interface{ Close() error }{r, w.s} {
			if err := end.Close(); err != nil {
				t.Error(err)
			}
		}
	})
}

// A receiver says once what to look at when nothing comes, and again after something came.
func TestSilentGroup(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &wonder{t: t, link: impair.NewLink(impair.Conditions{}), ends: make(map[string]*impair.End)}
		key := secret.New(secret.Generate())
		r, log := w.receiver(receiving(func(c *ReceiveConfig) { c.Group, c.Secret = group, key }), "10.0.1.1:1", setting{})
		const line = "nothing comes to the group"
		time.Sleep(time.Minute)
		if n := strings.Count(log.String(), line); n != 1 {
			t.Errorf("%d lines in a silent minute, want 1:\n%s", n, log)
		}
		w.s, w.slog = w.sender(sending(func(c *SendConfig) { c.Group, c.Secret = group, key }), setting{})
		time.Sleep(time.Minute)
		if n := strings.Count(log.String(), line); n != 1 {
			t.Errorf("%d lines while the sender is there, want 1:\n%s", n, log)
		}
		if err := w.s.Close(); err != nil {
			t.Error(err)
		}
		time.Sleep(time.Minute)
		if n := strings.Count(log.String(), line); n != 2 {
			t.Errorf("%d lines after the sender has gone, want 2:\n%s", n, log)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
}

// A lossless stream to a group goes no faster than a network takes it, and a loss does not stop it.
func TestGroupLossless(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, list := newGroup(t, impair.Conditions{Seed: 1, Loss: .30}, 1, secret.Secret{}, "")
		var got arrivals
		done := make(chan struct{})
		go func() {
			defer close(done)
			got.read(t.Context(), list[0])
		}()
		began := time.Now()
		for i := range uint64(50) {
			if err := write(t.Context(), w.s, block(w.s.env.Pool, i, 500_000, true)); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.s.End(t.Context()); err != nil {
			t.Error(err)
		}
		<-done
		if rate := 50 * 500_000 / time.Since(began).Seconds(); rate > 1.1*groupRate {
			t.Errorf("%.0f bytes/s", rate)
		}
		if got.err != nil {
			t.Error(got.err)
		}
		if err := list[0].Close(); err != nil {
			t.Error(err)
		}
		if err := w.s.Close(); err != nil {
			t.Error(err)
		}
	})
}

// On real sockets, where this machine has multicast.
func TestGroupOnLoopback(t *testing.T) {
	key := secret.New(secret.Generate())
	at := "239.255.70.87:" + port(freePort(t))
	env, _ := testEnv(t)
	r := newReceiver(receiving(func(c *ReceiveConfig) { c.Group, c.Interface, c.Secret = at, "lo", key }), env, quick())
	if err := r.Open(t.Context()); err != nil {
		t.Skip(err)
	}
	defer r.Close()
	s, _ := startSender(t, sending(func(c *SendConfig) { c.Group, c.Interface, c.Secret = at, "lo", key }), quick())
	ended := make(chan error, 1)
	go func() {
		for seq := uint64(0); seq < 5; seq++ {
			sendAll(t, s, seq, seq+1, true)
		}
		ended <- s.End(limited(t))
	}()
	got, err := readAll(limited(t), r)
	if err != nil {
		t.Fatal(err)
	}
	wantRun(t, got, 0, 5)
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func port(address string) string {
	at := netip.MustParseAddrPort(address)
	return netip.AddrPortFrom(netip.IPv4Unspecified(), at.Port()).String()[len("0.0.0.0:"):]
}
