//go:build soak && linux

package soak

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"os"
	"testing"
	"time"

	"go.uber.org/goleak"

	"framewire/codecs/jpeg"
	"framewire/pipeline"
	"framewire/pipeline/config"
	"framewire/sources/testpattern"
	"framewire/transports/secret"
	"framewire/transports/tcp"
	"framewire/transports/udp"
)

// patience is how long a trial waits for an event before it fails.
const patience = 60 * time.Second

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// length is how long the long trial takes: what SOAK says, or an hour.
func length(t *testing.T) time.Duration {
	t.Helper()
	text := os.Getenv("SOAK")
	if text == "" {
		return time.Hour
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 10*time.Second {
		t.Fatalf("SOAK=%s is no length of 10s or more, such as 3m", text)
	}
	return d
}

// chain is a running pipeline.
type chain struct {
	*pipeline.Runner
	done chan error
}

// launch starts the pipeline of a config, in which ${SECRET} stands for that key and the sink probe for p.
// Who launches a chain halts it.
func launch(p *probe, key, text string) (*chain, error) {
	reg, err := pipeline.NewRegistry(
		testpattern.Spec(), jpeg.EncoderSpec(), p.spec(),
		tcp.SendSpec(), tcp.ReceiveSpec(), udp.SendSpec(), udp.ReceiveSpec(),
	)
	if err != nil {
		return nil, err
	}
	list, err := config.Load(reg, config.Options{
		ReadFile:  func(string) ([]byte, error) { return []byte(text), nil },
		LookupEnv: func(name string) (string, bool) { return key, name == "SECRET" },
	}, "soak.yaml")
	if err != nil {
		return nil, err
	}
	plan, err := pipeline.NewPlan(list[0], reg)
	if err != nil {
		return nil, err
	}
	r, err := pipeline.NewRunner(plan, pipeline.Options{})
	if err != nil {
		return nil, err
	}
	c := &chain{Runner: r, done: make(chan error, 1)}
	go func() { c.done <- r.Run(context.Background()) }()
	return c, nil
}

// halt stops the pipeline and tells whether it had failed.
func (c *chain) halt() error {
	c.Stop()
	return <-c.done
}

// input gives the report of the first stage.
func (c *chain) input() pipeline.StageReport { return c.Report().Stages[0] }

// output gives the report of the last stage.
func (c *chain) output() pipeline.StageReport {
	stages := c.Report().Stages
	return stages[len(stages)-1]
}

// pair is a sender that listens and the receiver that dials it.
type pair struct {
	sender, receiver *chain
	seen             *probe
}

// join starts a sender of the test pattern at from and a receiver that dials to, and waits for the stream.
func join(t *testing.T, transport, pattern string, from, to netip.AddrPort) *pair {
	t.Helper()
	key := secret.Generate()
	p := &pair{seen: newProbe()}
	p.sender = during(t, newProbe(), key, sending(transport, pattern, from))
	p.receiver = during(t, p.seen, key, receiving(transport, to))
	if err := p.seen.await(10); err != nil {
		t.Fatal(err)
	}
	return p
}

// during launches a chain that is halted with the test.
func during(t *testing.T, p *probe, key, text string) *chain {
	t.Helper()
	c, err := launch(p, key, text)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.halt(); err != nil {
			t.Error(err)
		}
	})
	return c
}

// advised tells what a sender has asked of its encoder.
func (p *pair) advised() string {
	a := p.sender.output().AdviceReport
	if a == nil {
		return "no advice"
	}
	return fmt.Sprintf("quality %d%%, at its lowest %d%%, one of %d frames, %d skipped", a.Quality, a.QualityLowest, a.Every, a.Skipped)
}

func sending(transport, pattern string, at netip.AddrPort) string {
	return fmt.Sprintf(`
source: {type: testpattern, %s}
encoder: {type: jpeg}
send: {type: %s, listen: "%s", secret: "${SECRET}"}
`, pattern, transport, at)
}

func receiving(transport string, from netip.AddrPort) string {
	return fmt.Sprintf(`
receive: {type: %s, dial: "%s", secret: "${SECRET}"}
sinks: [{type: probe}]
`, transport, from)
}

// freeAddress gives a loopback address on which nobody listens, over TCP or UDP.
func freeAddress(t *testing.T, transport string) netip.AddrPort {
	t.Helper()
	if transport == "udp" {
		c, err := net.ListenPacket("udp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = c.Close() }()
		return c.LocalAddr().(*net.UDPAddr).AddrPort()
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).AddrPort()
}

// eventually waits until a condition holds that nothing tells of, looking again and again.
func eventually(t *testing.T, limit time.Duration, what string, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	over := time.After(limit)
	for !holds() {
		select {
		case <-tick.C:
		case <-over:
			t.Fatalf("in vain waited %s for: %s", limit, what)
		}
	}
}
