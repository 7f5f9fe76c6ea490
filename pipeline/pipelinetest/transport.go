package pipelinetest

import (
	"testing"

	"framewire/pipeline"
)

// TransportCase is the two ends of a transport and what their suite needs to know of them.
type TransportCase struct {
	Send, Receive pipeline.Spec
	// Configure sets a fresh loopback address into both configs. It runs before each rule. Which end
	// listens is the case's choice; a transport that allows both has a case for both.
	Configure func(t *testing.T, send, receive any)
	// Addr gives the address of the end that listens, HOST:PORT. Where it is set, strangers talk to it.
	Addr func(send, receive any) string
	// Network is Addr's network as net.Dial has it; "" means tcp.
	Network string
	// Single says that there is only one receiver, as when the receiver listens and the sender dials.
	Single bool
	// Allocs is how many allocations one frame may cost in the steady state, both ends together: 0 means
	// 16, below 0 any.
	Allocs int
}

// Transport checks both ends of a transport, against the rules of pipeline.Sink, pipeline.Ender and
// pipeline.Source, and against what a network makes of them: start order, reconnects, slow and many
// receivers, strangers. The ends run as the runner would run them.
func Transport(t *testing.T, c TransportCase) {
	t.Helper()
	runRules(t, transportRules(c))
}

func transportRules(c TransportCase) []rule {
	var rules []rule
	for _, r := range specRules(c.Send, pipeline.KindSend) {
		rules = append(rules, rule{"send: " + r.name, r.check})
	}
	for _, r := range specRules(c.Receive, pipeline.KindReceive) {
		rules = append(rules, rule{"receive: " + r.name, r.check})
	}
	if c.Send.Missing != "" || c.Receive.Missing != "" {
		return rules
	}
	rules = append(rules,
		constructorRule("New", func(tr *trial) func() {
			l := c.link(tr)
			return func() { l.newSender(); l.newReceiver() }
		}),
		rule{"frames arrive bit for bit, in order, with all their fields", c.arrivesWhole},
		rule{"the receiver may start first", c.receiverFirst},
		rule{"the sender may start first", c.senderFirst},
		rule{"End gives the receiver ErrEnd", c.endArrives},
		rule{"a sender that closes without End may come back", c.senderRestarts},
		rule{"a receiver may come back", c.receiverRestarts},
		rule{"a cancelled context ends a waiting Read", c.cancelEndsRead},
		rule{"a cancelled context ends a waiting Write", c.cancelEndsWrite},
		rule{"a lossless stream loses nothing on a slow reader", c.losslessIsWhole},
		rule{"a live stream drops for a stalled reader, and the order holds", c.liveDrops},
		rule{"the peers are counted", c.peersAreCounted},
		rule{allocsRule(c.Allocs), c.allocates},
	)
	if !c.Single {
		rules = append(rules,
			rule{"many receivers get everything", c.manyReceivers},
			rule{"a stalled receiver does not hold the others up", c.stalledNeighbour},
		)
	}
	if c.Addr != nil {
		rules = append(rules, rule{"strangers on the port harm nothing", c.strangers})
	}
	return rules
}
