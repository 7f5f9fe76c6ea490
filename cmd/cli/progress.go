package cli

import (
	"fmt"
	"strings"
	"time"
)

// progress shows how much of the demo's time is over, on a terminal only. The returned function takes the
// bar away.
func (d *demo) progress(limit time.Duration) (stop func()) {
	if !isTerminal(d.app.stderr) {
		return func() {}
	}
	const width = 40
	quit, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(200 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				gone := min(time.Since(d.began), limit)
				n := int(width * gone / limit)
				d.out.set(fmt.Sprintf("[%s%s] %.0f of %s", strings.Repeat("#", n), strings.Repeat(".", width-n), gone.Seconds(), limit))
			case <-quit:
				d.out.set("")
				return
			}
		}
	}()
	return func() {
		close(quit)
		<-done
	}
}
