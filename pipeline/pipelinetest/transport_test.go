package pipelinetest

import (
	"testing"
)

func TestTransportSuitePasses(t *testing.T) {
	Transport(t, newHubCase(""))
}

func TestTransportSuiteSeesFaults(t *testing.T) {
	const (
		whole = "frames arrive bit for bit, in order, with all their fields"
		live  = "a live stream drops for a stalled reader, and the order holds"
	)
	for _, c := range []struct {
		fault, rule, says string
		hangs             bool
	}{
		{"corrupts", whole, "its data changed", false},
		{"forgets the name", whole, "Meta was", false},
		{"forgets the clock", whole, "Captured was", false},
		{"reorders", whole, "frame 0 is due and frame 1 arrives", false},
		{"needs the sender first", "the receiver may start first", "connection refused", false},
		{"does not wait", "the sender may start first", "nothing arrives", true},
		{"cannot end", "End gives the receiver ErrEnd", "has no End", false},
		{"ends on Close", "a sender that closes without End may come back", "end of stream", true},
		{"never comes back", "a sender that closes without End may come back", "used up", true},
		{"ignores ctx in Read", "a cancelled context ends a waiting Read", "does not return", true},
		{"ignores ctx in Write", "a cancelled context ends a waiting Write", "does not return", true},
		{"drops lossless", "a lossless stream loses nothing on a slow reader", "receiver: ", false},
		{"blocks live", live, "Write of frame", true},
		{"hides drops", live, "neither end has counted a drop", false},
		{"counts nobody", "the peers are counted", "Counters.Peers says 0 and not 1", true},
		{"takes one", "many receivers get everything", "Counters.Peers says 1 and not 4", true},
		{"blocks live", "a stalled receiver does not hold the others up", "context deadline exceeded", true},
		{"believes strangers", "strangers on the port harm nothing", "end of stream", true},
	} {
		t.Run(c.fault, func(t *testing.T) {
			limit := patience
			if c.hangs {
				limit = brief
			}
			mustFail(t, transportRules(newHubCase(c.fault)), limit, c.rule, c.says)
		})
	}
}
