package secret

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"
)

func TestLimiter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l Limiter
		for i, want := range []time.Duration{100, 200, 400, 800, 1600, 3000, 3000} {
			if got := l.Wrong("192.0.2.1"); got != want*time.Millisecond {
				t.Errorf("wrong secret %d waits %s, want %s", i+1, got, want*time.Millisecond)
			}
		}
		if got := l.Wrong("192.0.2.2"); got != firstDelay {
			t.Errorf("another network waits %s", got)
		}
		for range 1000 {
			l.Wrong("192.0.2.1")
		}
		if got := l.Wrong("192.0.2.1"); got != mostDelay {
			t.Errorf("after a thousand the delay is %s", got)
		}
		l.Right("192.0.2.1")
		if got := l.Wrong("192.0.2.1"); got != firstDelay {
			t.Errorf("after a right one the delay is %s", got)
		}
		l.Wrong("192.0.2.1")
		<-time.After(forget)
		if got := l.Wrong("192.0.2.1"); got != firstDelay {
			t.Errorf("after a quiet minute the delay is %s", got)
		}
	})
}

// However many networks try, the memory is bounded, and who tried last is remembered.
func TestLimiterIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l Limiter
		for i := range 3 * mostKnown {
			l.Wrong(fmt.Sprint(i))
			<-time.After(time.Millisecond)
		}
		if n := len(l.known); n != mostKnown {
			t.Errorf("%d networks are remembered, want %d", n, mostKnown)
		}
		if got := l.Wrong(fmt.Sprint(3*mostKnown - 1)); got != 2*firstDelay {
			t.Errorf("the last one is forgotten: %s", got)
		}
	})
}
