package file

import (
	"context"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"

	"framewire/pipeline"
	"framewire/sinks/file/internal/buffer"
)

// gate lets the frames of clips through. A clip begins with the frames of the time before its trigger and
// ends some time after the last one. While no frame has been given up since then, the next trigger continues
// it, so that no frame is in two clips and none between two that touch is missing.
type gate struct {
	cfg      *Config
	log      hclog.Logger
	counters *pipeline.Counters
	buf      *buffer.Buffer

	mu    sync.Mutex
	seen  bool          // there was a frame
	last  time.Duration // its place
	until time.Duration // up to which frames are in the clip
	fired string        // who fired before there was a frame
	open  bool          // a clip has begun, and no frame was given up since

	warned bool // that prerecord is cut short
}

func newGate(cfg *Config, env pipeline.Env, buf *buffer.Buffer) *gate {
	return &gate{cfg: cfg, log: env.Log, counters: env.Counters, buf: buf, until: -1}
}

// put hands a frame that belongs to a clip to the buffer, and holds the others back. It gives ErrSkip for them.
func (g *gate) put(ctx context.Context, it buffer.Item, wait bool) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.seen, g.last = true, it.At
	switch {
	case g.fired != "":
		g.begin(g.fired)
		g.fired = ""
	case g.cfg.Trigger.Motion && it.Frame.Meta.Motion:
		g.begin("motion")
	}
	if it.At <= g.until {
		return g.buf.Put(ctx, it, wait)
	}
	if gap := g.buf.Hold(it, g.cfg.Prerecord); gap {
		g.end()
	}
	return pipeline.ErrSkip
}

// fire is a trigger from outside; it counts from the last frame.
func (g *gate) fire(who string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.seen {
		g.fired = who
		return
	}
	g.begin(who)
}

// begin begins a clip at the last frame, or has the one under way go on.
func (g *gate) begin(who string) {
	if gap := g.buf.Expire(g.last - g.cfg.Prerecord); gap {
		g.end()
	}
	released := g.buf.Release()
	g.counters.FramesOut.Add(uint64(released.Frames)) // the engine did not count them when they were held back
	g.counters.BytesOut.Add(uint64(released.Bytes))
	g.until = g.last + g.cfg.Postrecord
	if g.open {
		return
	}
	g.open = true
	g.log.Info("a clip begins", "trigger", who)
	if released.Short && !g.warned {
		g.warned = true
		g.log.Warn("less than prerecord is held: buffer is too small for it")
	}
}

// end ends the clip, if there is one: a frame behind it was given up.
func (g *gate) end() {
	if g.open {
		g.open = false
		g.buf.End()
	}
}

// follow takes the triggers until ctx is done.
func (g *gate) follow(ctx context.Context, fired <-chan string) {
	for {
		select {
		case who := <-fired:
			g.fire(who)
		case <-ctx.Done():
			return
		}
	}
}
