//go:build soak && linux

package soak

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"framewire/transports/secret"
)

// A thousand receivers come and go, eight at a time, and the sender is then as it was before.
func TestReceiversComeAndGo(t *testing.T) {
	const receivers, atOnce = 1000, 8
	for _, transport := range []string{"tcp", "udp"} {
		t.Run(transport, func(t *testing.T) {
			at, key := freeAddress(t, transport), secret.Generate()
			sender := during(t, newProbe(), key, sending(transport, "size: 160x120, fps: 100", at))
			visit := func() {
				p := newProbe()
				r, err := launch(p, key, receiving(transport, at))
				if err != nil {
					t.Error(err)
					return
				}
				if err := errors.Join(p.await(3), r.halt()); err != nil {
					t.Error(err)
				}
			}
			alone := func() {
				eventually(t, patience, "the sender has no receivers", func() bool { return sender.output().Peers == 0 })
			}
			for range 10 { // what is made once is made now
				visit()
			}
			alone()
			start := measure(t)

			began := time.Now()
			var come atomic.Int64
			var visitors sync.WaitGroup
			for range atOnce {
				visitors.Go(func() {
					for come.Add(1) <= receivers && !t.Failed() {
						visit()
					}
				})
			}
			left := make(chan struct{})
			go func() {
				visitors.Wait()
				close(left)
			}()
			tick := time.NewTicker(time.Minute)
			defer tick.Stop()
			for gone := false; !gone; {
				select {
				case <-tick.C:
					t.Logf("%s: %d receivers so far", time.Since(began).Round(time.Second), come.Load())
				case <-left:
					gone = true
				}
			}
			alone()
			var end sample
			t.Cleanup(func() { t.Logf("before: %s; after: %s", start, end) })
			eventually(t, patience, "heap, descriptors and goroutines are those of the start", func() bool {
				end = measure(t)
				return end.heap <= start.heap+mega && end.descriptors <= start.descriptors && end.goroutines <= start.goroutines
			})
			t.Logf("%d receivers came and went in %s", receivers, time.Since(began).Round(100*time.Millisecond))
		})
	}
}
