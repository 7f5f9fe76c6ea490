package tcp

import (
	"context"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"

	"framewire/pipeline"
)

// chain is a pipeline that runs.
type chain struct {
	*pipeline.Runner
	log  *journal
	pool *pipeline.Pool
	kill context.CancelFunc
	over chan struct{}
	err  error
}

// startChain runs one input and one output. Its pool must be empty in the end.
func startChain(t testing.TB, input, output pipeline.Node) *chain {
	t.Helper()
	reg, err := pipeline.NewRegistry(input.Spec, output.Spec)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := pipeline.NewPlan(pipeline.Chain{Name: "test", Input: input, Outputs: []pipeline.Node{output}}, reg)
	if err != nil {
		t.Fatal(err)
	}
	c := &chain{log: &journal{more: make(chan struct{})}, pool: pipeline.NewPool(), over: make(chan struct{})}
	c.pool.Poison()
	log := hclog.New(&hclog.LoggerOptions{Output: c.log, Level: hclog.Debug})
	if c.Runner, err = pipeline.NewRunner(plan, pipeline.Options{Log: log, Pool: c.pool}); err != nil {
		t.Fatal(err)
	}
	ctx, kill := context.WithCancel(t.Context())
	c.kill = kill
	go func() {
		defer close(c.over)
		c.err = c.Run(ctx)
	}()
	t.Cleanup(func() {
		kill()
		<-c.over
		if n := c.pool.Outstanding(); n != 0 {
			t.Errorf("%d frames were not given back", n)
		}
		if t.Failed() {
			t.Logf("log of one end:\n%s", c.log)
		}
	})
	return c
}

// wait waits for the pipeline's end.
func (c *chain) wait(t testing.TB) {
	t.Helper()
	select {
	case <-c.over:
	case <-limited(t).Done():
		t.Fatal("the pipeline does not end")
	}
	if c.err != nil {
		t.Errorf("the pipeline failed: %v", c.err)
	}
}

type noConfig struct{}

// startCamera sends photos.
func startCamera(t testing.TB, cfg SendConfig, roll []shot) (*chain, *camera) {
	t.Helper()
	from, c := startCameraAt(t, cfg, roll)
	close(c.start)
	return from, c
}

// startCameraAt sends photos as soon as the test closes camera.start.
func startCameraAt(t testing.TB, cfg SendConfig, roll []shot) (*chain, *camera) {
	t.Helper()
	c := &camera{roll: roll, fate: make(map[string][]error), more: make(chan struct{}), start: make(chan struct{})}
	source := pipeline.SourceSpec[noConfig]{
		Name: "camera",
		New:  func(_ *noConfig, env pipeline.Env) (pipeline.Source, error) { c.env = env; return c, nil },
	}.Spec()
	return startChain(t, pipeline.Node{Spec: source, Config: new(noConfig)}, sendNode(cfg)), c
}

func sendNode(cfg SendConfig) pipeline.Node {
	if cfg.MaxFrame == 0 {
		cfg.MaxFrame = defaultMaxFrame
	}
	cfg.MinPeers, cfg.MaxPeers = max(cfg.MinPeers, 1), max(cfg.MaxPeers, 8)
	spec := pipeline.SinkSpec[SendConfig]{
		Kind: pipeline.KindSend, Name: "tcp", Confirms: confirms,
		New: func(cfg *SendConfig, env pipeline.Env) (pipeline.Sink, error) {
			return newSender(*cfg, env, quick()), nil
		},
	}.Spec()
	return pipeline.Node{Spec: spec, Config: &cfg}
}

func receiveNode(cfg ReceiveConfig) pipeline.Node { return receiveNodeOf(cfg, new(*receiver)) }

// receiveNodeOf lets the test look at the receiver.
func receiveNodeOf(cfg ReceiveConfig, r **receiver) pipeline.Node {
	if cfg.MaxFrame == 0 {
		cfg.MaxFrame = defaultMaxFrame
	}
	spec := pipeline.SourceSpec[ReceiveConfig]{
		Kind: pipeline.KindReceive, Name: "tcp",
		New: func(cfg *ReceiveConfig, env pipeline.Env) (pipeline.Source, error) {
			*r = newReceiver(*cfg, env, quick())
			return *r, nil
		},
	}.Spec()
	return pipeline.Node{Spec: spec, Config: &cfg}
}

// startAlbum receives photos into an album.
func startAlbum(t testing.TB, cfg ReceiveConfig, a *album) *chain {
	t.Helper()
	return startChain(t, receiveNode(cfg), sinkNode(func() pipeline.Sink { return page{a} }))
}

func sinkNode(sink func() pipeline.Sink) pipeline.Node {
	spec := pipeline.SinkSpec[noConfig]{
		Name: "album",
		New:  func(*noConfig, pipeline.Env) (pipeline.Sink, error) { return sink(), nil },
	}.Spec()
	return pipeline.Node{Spec: spec, Config: new(noConfig)}
}

// eventually waits for what nothing tells of.
func eventually(t testing.TB, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for limit := limited(t); !holds(); {
		select {
		case <-tick.C:
		case <-limit.Done():
			t.Fatal("waited in vain")
		}
	}
}
