//go:build soak && linux

package soak

import (
	"testing"
	"time"

	"framewire/transports/internal/impair"
)

// way is what a packet takes from one end to the other where nothing else is wrong.
const way = 10 * time.Millisecond

// budget is the default of the config key latency.
const budget = 120 * time.Millisecond

// after is a pause that belongs to a trial, and not one that waits for something to have happened.
func after(d time.Duration) { <-time.After(d) }

func arrive(t *testing.T, p *probe, more uint64) {
	t.Helper()
	if err := p.await(more); err != nil {
		t.Fatal(err)
	}
}

// A network that carries nothing for five seconds, again and again.
func TestPartitionHeals(t *testing.T) {
	const rounds, cut, soon = 5, 5 * time.Second, 5 * time.Second
	at := freeAddress(t, "udp")
	proxy := impair.New(t, at, impair.Conditions{Seed: 1, Delay: way})
	p := join(t, "udp", "size: 640x360, fps: 30", at, proxy.Addr())
	for range rounds {
		arrive(t, p.seen, 60)
		proxy.Partition(true)
		after(cut)
		before, _ := p.seen.seen()
		proxy.Partition(false)
		healed := time.Now()
		arrive(t, p.seen, 1)
		first := time.Since(healed)
		arrive(t, p.seen, 30)
		t.Logf("after %d frames nothing for %s; the next frame came %s later, 31 frames %s later", before, cut,
			first.Round(time.Millisecond), time.Since(healed).Round(time.Millisecond))
		if first > soon {
			t.Errorf("the stream went on after %s, want at most %s", first, soon)
		}
	}
	if _, backward := p.seen.seen(); backward > 0 {
		t.Errorf("%d frames came again, or after a later one", backward)
	}
}

// A link that carries half of the stream, with a deep queue: what arrives is not late by more than twice the
// budget, and when the link is wide again the quality comes back.
func TestLinkAtHalfTheRate(t *testing.T) {
	const free, settling, capped, back = 5 * time.Second, 5 * time.Second, time.Minute, 10 * time.Minute
	at := freeAddress(t, "udp")
	proxy := impair.New(t, at, impair.Conditions{Seed: 1, Delay: way})
	p := join(t, "udp", "size: 1280x720, fps: 30", at, proxy.Addr())

	p.seen.forget()
	began, bytes := time.Now(), proxy.Back().Bytes
	after(free)
	rate := int(float64(proxy.Back().Bytes-bytes) * 8 / time.Since(began).Seconds())
	t.Logf("on a free link: %.1f Mbit/s, p50 %d ms, p95 %d ms", float64(rate)/1e6, p.seen.percentile(50), p.seen.percentile(95))

	proxy.SetBack(impair.Conditions{Delay: way, Rate: rate / 2, Queue: rate / 2 / 8 / 2})
	after(settling)
	p.seen.forget()
	from, _ := p.seen.seen()
	made := p.sender.input().FramesOut
	after(capped)
	to, backward := p.seen.seen()
	made = p.sender.input().FramesOut - made
	p95 := p.seen.percentile(95)
	t.Logf("at %.1f Mbit/s: p50 %d ms, p95 %d ms, p99 %d ms; %d of %d frames arrived; %s", float64(rate)/2e6,
		p.seen.percentile(50), p95, p.seen.percentile(99), to-from, made, p.advised())
	if limit := 2 * budget; time.Duration(p95)*time.Millisecond > limit {
		t.Errorf("p95 is %d ms, want at most %s", p95, limit)
	}
	if to-from < made/6 { // the test pattern hardly shrinks with the quality, so that frames are left out too
		t.Errorf("%d of %d frames arrived, want one of six at least", to-from, made)
	}
	if backward > 0 {
		t.Errorf("%d frames came again, or after a later one", backward)
	}

	wide := time.Now()
	proxy.SetBack(impair.Conditions{Delay: way})
	eventually(t, back, "the quality is what it was", func() bool {
		a := p.sender.output().AdviceReport
		return a == nil || a.Quality == 100 && a.Every == 1
	})
	t.Logf("on a free link again the quality came back in %s", time.Since(wide).Round(time.Second))
}
