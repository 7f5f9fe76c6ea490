package ends

import (
	"bytes"
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/hashicorp/go-hclog"
)

func TestAwait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var text bytes.Buffer
		log := hclog.New(&hclog.LoggerOptions{Output: &text, DisableTime: true})
		signal, mu := NewSignal(), sync.Mutex{}
		says, looks := Untold, 0
		look := func() string {
			looks++
			if mu.TryLock() {
				t.Error("it looks without the lock")
			}
			return says
		}
		ctx, cancel := context.WithCancel(t.Context())
		var err error
		done := make(chan struct{})
		begin := func() {
			done = make(chan struct{})
			go func() {
				defer close(done)
				err = signal.Await(ctx, &mu, log, look)
			}()
			synctest.Wait()
		}
		change := func(to string) {
			mu.Lock()
			says = to
			mu.Unlock()
			signal.Notify()
			signal.Notify() // one that was not taken blocks nobody
			synctest.Wait()
		}

		begin()
		change("waiting for one")
		change("waiting for two")
		change("")
		<-done
		if err != nil || text.String() != "[INFO]  waiting for one\n" || looks < 4 {
			t.Errorf("%v after %d looks, log %q", err, looks, text.String())
		}
		change(Untold)
		begin()
		cancel()
		<-done
		if !errors.Is(err, context.Canceled) {
			t.Errorf("a context that ends gives %v", err)
		}
	})
}
