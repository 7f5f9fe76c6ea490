package udp

import (
	"testing"
	"testing/synctest"
	"time"

	"framewire/transports/internal/impair"
)

// An end that is killed says nothing, and the one that takes its place knows nothing of the session. The
// stream goes on within two and a half seconds all the same.
func TestKilledSenderIsReplaced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWonder(t, setting{conditions: impair.Conditions{Delay: 10 * time.Millisecond}})
		var got arrivals
		done := make(chan struct{})
		go func() {
			defer close(done)
			got.read(t.Context(), w.r)
		}()
		w.connected()
		if err := write(t.Context(), w.s, block(w.s.env.Pool, 0, 10_000, false)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		w.end("10.0.0.1").Close() // without a word
		if err := w.s.Close(); err != nil {
			t.Error(err)
		}
		w.s, w.slog = w.sender(w.s.cfg, setting{})
		began := time.Now()
		for w.s.env.Counters.Peers.Load() == 0 {
			time.Sleep(time.Millisecond)
		}
		if took := time.Since(began); took > 2500*time.Millisecond {
			t.Errorf("the receiver came back after %s", took)
		}
		w.play(10, always(10_000))
		<-done
		w.close()
		if len(got.seqs) == 0 || got.seqs[len(got.seqs)-1] != 9 {
			t.Errorf("frames %v came", got.seqs)
		}
		if n := w.r.env.Counters.Reconnects.Load(); n != 1 {
			t.Errorf("%d reconnects, want 1", n)
		}
	})
}

// A lossless stream through a network that breaks again and again loses nothing and repeats nothing,
// whichever session its frames went by.
func TestLosslessOverPartitions(t *testing.T) {
	for _, cut := range []time.Duration{time.Second, 1600 * time.Millisecond, 2 * time.Second, 6 * time.Second} {
		synctest.Test(t, func(t *testing.T) {
			const frames = 300
			w := newWonder(t, setting{conditions: impair.Conditions{Seed: 1, Delay: 10 * time.Millisecond, Loss: .02}})
			var got arrivals
			done := make(chan struct{})
			go func() {
				defer close(done)
				got.read(t.Context(), w.r)
			}()
			w.connected()
			quit := make(chan struct{})
			cutting := make(chan struct{})
			go func() {
				defer close(cutting)
				for broken := true; ; broken = !broken {
					select {
					case <-time.After(cut):
						w.link.Partition(broken)
					case <-quit:
						w.link.Partition(false)
						return
					}
				}
			}()
			for i := range uint64(frames) {
				if err := write(t.Context(), w.s, block(w.s.env.Pool, i, 20_000, true)); err != nil {
					t.Fatal(err)
				}
				time.Sleep(50 * time.Millisecond)
			}
			close(quit)
			<-cutting
			if err := w.s.End(t.Context()); err != nil {
				t.Error(err)
			}
			<-done
			w.close()
			wantRun(t, got.seqs, 0, frames)
			if got.err != nil {
				t.Error(got.err)
			}
		})
	}
}
