package udp

import (
	"context"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"framewire/pipeline"
	"framewire/transports/internal/impair"
)

// Frame numbers wrap at 2^32 in the middle of a stream, with and without loss.
func TestFrameNumbersWrap(t *testing.T) {
	for _, loss := range []float64{0, .05} {
		got, _ := stream(t, setting{
			conditions: impair.Conditions{Seed: 3, Delay: 10 * time.Millisecond, Loss: loss},
			first:      1<<32 - 40,
		}, 100, always(50_000))
		wantRun(t, got.seqs, 0, 100)
	}
}

// A network that carries nothing for five seconds: the session breaks or not, and the stream goes on.
func TestPartitionHeals(t *testing.T) {
	for _, cut := range []time.Duration{2 * time.Second, 5 * time.Second, 20 * time.Second} {
		t.Run(cut.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWonder(t, setting{conditions: impair.Conditions{Seed: 1, Delay: 10 * time.Millisecond}})
				var got arrivals
				done := make(chan struct{})
				go func() {
					defer close(done)
					ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
					defer cancel()
					got.read(ctx, w.r)
				}()
				w.connected()
				time.AfterFunc(2*time.Second, func() { w.link.Partition(true) })
				time.AfterFunc(2*time.Second+cut, func() { w.link.Partition(false) })
				frames := int((6*time.Second + cut) / (time.Second / 30))
				w.play(frames, always(20_000))
				<-done
				w.close()
				healed := uint64((2*time.Second + cut + 2*time.Second) / (time.Second / 30)) // two seconds later
				after := 0
				for _, seq := range got.seqs {
					if seq >= healed {
						after++
					}
				}
				if want := frames - int(healed); after < want-1 {
					t.Errorf("two seconds after the partition %d of %d frames came", after, want)
				}
				if got.err != nil {
					t.Errorf("%v\n%s\n%s", got.err, w.slog, w.rlog)
				}
			})
		})
	}
}

// A lossless stream over a bad network arrives whole, in order and once.
func TestLosslessOverLoss(t *testing.T) {
	for _, test := range []struct {
		name       string
		conditions impair.Conditions
		sizes      []int
		change     func(*SendConfig)
	}{
		{"5%", impair.Conditions{Loss: .05}, []int{150_000}, nil},
		{"5% in bursts", impair.Conditions{Loss: .05, Burst: 10}, []int{150_000, 1}, nil},
		{"30%", impair.Conditions{Loss: .30}, []int{40_000, 900, 1}, nil},
		{"everything", impair.Conditions{Loss: .05, Reorder: .05, Duplicate: .05, Jitter: 3 * time.Millisecond}, []int{1, 70_000, 3_000}, nil},
		{"small rate", impair.Conditions{Rate: 20_000_000, Queue: 60_000, Loss: .01}, []int{150_000}, nil},
		{"no retransmission", impair.Conditions{Loss: .05}, []int{20_000}, parityAlone},
	} {
		t.Run(test.name, func(t *testing.T) {
			const frames = 200
			test.conditions.Seed, test.conditions.Delay = 1, 10*time.Millisecond
			synctest.Test(t, func(t *testing.T) {
				advised := func(a pipeline.Advice) { t.Errorf("advised %+v, where everything has to arrive as it is", a) }
				w := newWonder(t, setting{conditions: test.conditions, send: test.change, advise: advised})
				var got arrivals
				done := make(chan struct{})
				go func() {
					defer close(done)
					got.read(t.Context(), w.r)
				}()
				began := time.Now()
				bytes := 0
				for i := range frames {
					size := test.sizes[i%len(test.sizes)]
					bytes += size
					if err := write(t.Context(), w.s, block(w.s.env.Pool, uint64(i), size, true)); err != nil {
						t.Fatal(err)
					}
				}
				if err := w.s.End(t.Context()); err != nil {
					t.Error(err)
				}
				<-done
				w.close()
				t.Logf("%.1f Mbit/s", float64(bytes)*8/time.Since(began).Seconds()/1e6)
				wantRun(t, got.seqs, 0, frames)
				if got.err != nil {
					t.Error(got.err)
				}
				if n := w.s.env.Counters.FramesOut.Load(); n != frames {
					t.Errorf("the sender counts %d frames, want %d", n, frames)
				}
			})
		})
	}
}

// A sealed session survives a new address of its other end; a clear one begins anew.
func TestRoaming(t *testing.T) {
	for _, open := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			w := newWonder(t, setting{conditions: impair.Conditions{Seed: 1, Delay: 10 * time.Millisecond}, clear: open})
			var got arrivals
			done := make(chan struct{})
			go func() {
				defer close(done)
				got.read(t.Context(), w.r)
			}()
			w.connected()
			time.AfterFunc(time.Second, func() { w.end("10.0.0.2").Rebind(netip.MustParseAddrPort("10.0.0.9:7777")) })
			w.play(600, always(20_000))
			<-done
			w.close()
			switch n := w.r.env.Counters.Reconnects.Load(); {
			case !open && n != 0:
				t.Errorf("%d reconnects of a sealed session, want none:\n%s", n, w.slog)
			case open && n == 0:
				t.Error("a clear session went on at another address")
			}
			if want := 300; len(got.seqs) < want || !open && len(got.seqs) < 590 {
				t.Errorf("%d frames came", len(got.seqs))
			}
		})
	}
}

// An address that datagrams claim to come from, but that does not answer, gets no stream.
func TestFalseAddress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWonder(t, setting{conditions: impair.Conditions{Seed: 1, Delay: 10 * time.Millisecond}})
		w.connected()
		victim := netip.MustParseAddrPort("10.0.0.66:1234")
		w.end("10.0.0.2").Rebind(victim)
		x := w.stranger(victim.String()) // gets what is sent there
		for i := range 60 {
			if err := write(t.Context(), w.s, block(w.s.env.Pool, uint64(i), 50_000, false)); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Second / 30)
		}
		if sent := w.link.Stats(w.end("10.0.0.1"), x.end); sent.Sent == 0 || sent.Sent > 12 || sent.Bytes > 1000 {
			t.Errorf("%d packets with %d bytes went to an address that said nothing", sent.Sent, sent.Bytes)
		}
		if strings.Contains(w.slog.String(), "new address") {
			t.Errorf("the session moved:\n%s", w.slog)
		}
		w.close()
	})
}

// A link that carries half of the stream: what arrives is not late by more than twice the budget, whether
// the source follows the advice or not. Where it does, frames are not lost for long.
func TestHalfTheRate(t *testing.T) {
	const (
		size    = 150_000
		latency = 120 * time.Millisecond
	)
	rate := size * 30 * 8 / 2
	for _, test := range []struct {
		name    string
		queue   int  // bytes
		follows bool // the encoder
		least   float64
	}{
		{"encoder follows", 2_000_000, true, .8},
		{"frames skipped", 2_000_000, false, .3},
		{"encoder follows, short queue", 60_000, true, .7},
		{"frames skipped, short queue", 60_000, false, .2},
	} {
		t.Run(test.name, func(t *testing.T) {
			const frames = 1200
			if raceDetector {
				t.Skip("it takes long, and says nothing about races that others do not")
			}
			var advice atomic.Pointer[pipeline.Advice]
			advice.Store(&pipeline.Advice{Quality: 100, Every: 1})
			set := setting{
				conditions: impair.Conditions{Seed: 1, Delay: 10 * time.Millisecond, Rate: rate, Queue: test.queue},
				advise:     func(a pipeline.Advice) { advice.Store(&a) },
			}
			taken := 0
			got, w := stream(t, set, frames, func(i int) int {
				a := advice.Load()
				if i%max(a.Every, 1) != 0 {
					return 0 // the engine leaves it out
				}
				taken++
				if test.follows {
					return size * (15 + 85*a.Quality/100) / 100
				}
				return size
			})
			p50, p95 := got.percentile(50), got.percentile(95)
			t.Logf("%d of %d taken frames arrived, p50 %d ms, p95 %d ms, at the end %+v; dropped %d and %d", len(got.seqs), taken,
				p50.Milliseconds(), p95.Milliseconds(), *advice.Load(), w.s.env.Counters.Dropped.Load(), w.r.env.Counters.Dropped.Load())
			if p95 > 2*latency {
				t.Errorf("p95 is %s, want at most %s", p95, 2*latency)
			}
			if share := float64(len(got.seqs)) / frames; share < test.least {
				t.Errorf("%.0f%% of the frames arrived, want %.0f%%\n%s", 100*share, 100*test.least, w.slog)
			}
		})
	}
}

// No datagram is larger than the mtu says, over IPv4.
func TestMTU(t *testing.T) {
	for _, mtu := range []int{1280, 1400, 9000} {
		_, w := stream(t, setting{
			conditions: impair.Conditions{Delay: time.Millisecond},
			send:       func(c *SendConfig) { c.MTU = mtu },
		}, 5, always(50_000))
		if got := w.link.Stats(w.end("10.0.0.1"), w.end("10.0.0.2")).Largest + ipv4Head; got != mtu {
			t.Errorf("the largest packet has %d bytes, want %d", got, mtu)
		}
	}
}
