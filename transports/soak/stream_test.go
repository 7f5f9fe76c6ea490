//go:build soak && linux

package soak

import (
	"testing"
	"time"

	"framewire/transports/internal/impair"
)

// The stream at four times the usual rate, for as long as SOAK says: over UDP through a network that loses,
// delays, reorders and duplicates, and over TCP beside it, both with a secret. It must arrive, and nothing in
// this process may grow.
func TestStreamForLong(t *testing.T) {
	const pattern = "size: 1280x720, fps: 120"
	losses := []float64{.01, .02, .05, .03}
	whole := length(t)
	at := freeAddress(t, "udp")
	bad := impair.Conditions{Seed: 1, Loss: losses[0], Delay: way, Jitter: 5 * time.Millisecond, Reorder: .01, Duplicate: .01}
	proxy := impair.New(t, at, bad)
	over := freeAddress(t, "tcp")
	streams := []struct {
		name  string
		pair  *pair
		least float64 // percent of the frames that were sent
	}{
		{"udp", join(t, "udp", pattern, at, proxy.Addr()), 95},
		{"tcp", join(t, "tcp", pattern, over, over), 95},
	}
	share := func(p *pair) float64 {
		frames, _ := p.seen.seen()
		return 100 * float64(frames) / float64(max(p.sender.output().FramesOut, 1))
	}

	began := time.Now()
	var samples []sample
	tell := func() {
		t.Logf("%s: %s", time.Since(began).Round(time.Second), samples[len(samples)-1])
		for _, s := range streams {
			frames, _ := s.pair.seen.seen()
			t.Logf("  %s: %d frames, %.2f%% of those sent; p50 %d ms, p99 %d ms", s.name, frames, share(s.pair),
				s.pair.seen.percentile(50), s.pair.seen.percentile(99))
		}
	}
	sampled := time.NewTicker(min(max(whole/200, 250*time.Millisecond), 10*time.Second))
	defer sampled.Stop()
	minute := time.NewTicker(time.Minute)
	defer minute.Stop()
	for end := time.After(whole); end != nil; {
		select {
		case <-sampled.C:
			samples = append(samples, measure(t))
			bad.Loss = losses[len(samples)%len(losses)]
			proxy.Set(bad)
		case <-minute.C:
			tell()
		case <-end:
			end = nil
		}
	}
	tell()
	wantFlat(t, samples)
	net := proxy.Back()
	t.Logf("the network lost %d of %d packets, %.1f%%, and %d more for want of room", net.Lost, net.Sent,
		100*float64(net.Lost)/float64(net.Sent), net.Overflowed)
	for _, s := range streams {
		out, in := s.pair.sender.output(), s.pair.receiver.input()
		t.Logf("%s: made %d, sent %d, dropped %d at the sender and %d at the receiver, %.1f Mbit/s, %s", s.name,
			s.pair.sender.input().FramesOut, out.FramesOut, out.Dropped, in.Dropped,
			float64(in.BytesIn)*8/1e6/time.Since(began).Seconds(), s.pair.advised())
		if got := share(s.pair); got < s.least {
			t.Errorf("%s: %.2f%% of the frames arrived, want %.0f%%", s.name, got, s.least)
		}
		if in.Reconnects > 0 {
			t.Errorf("%s: %d reconnects", s.name, in.Reconnects)
		}
		if _, backward := s.pair.seen.seen(); backward > 0 {
			t.Errorf("%s: %d frames came again, or after a later one", s.name, backward)
		}
	}
}
