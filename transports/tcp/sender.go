package tcp

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"framewire/pipeline"
	"framewire/transports/internal/ends"
	"framewire/transports/wire"
)

var (
	_ pipeline.Sink     = (*sender)(nil)
	_ pipeline.Ender    = (*sender)(nil)
	_ pipeline.Demander = (*sender)(nil)
)

// sender is the sending end: a sink with any number of receivers behind it.
type sender struct {
	cfg SendConfig
	env pipeline.Env
	set settings
	end *endpoint

	reports sync.WaitGroup
	stop    chan struct{} // closed by Close
	changed ends.Signal   // of what Write, End or Close waits for

	mu       sync.Mutex
	state    state
	places   int     // connections that are admitted: the peers, and those about to become one
	peers    []*peer // that are connected
	lost     int     // peers that went away and whose place nobody has taken yet
	begun    bool    // the lossless stream has its receivers
	lossless bool    // of the last frame
	// carry is what a lossless stream's receivers had not got when they broke off. While nobody is there
	// it is kept for those who come next.
	carry  queue
	window window // of the photos
	// undelivered is how many frames of a lossless stream some receiver had not got at the close.
	undelivered int
}

// state is how a sender's stream goes on.
type state uint8

const (
	running state = iota
	ending        // End was called: the queues are emptied, then the end is told
	closing       // Close was called
)

// newSender makes a sending end that does nothing yet.
func newSender(cfg SendConfig, env pipeline.Env, set settings) *sender {
	return &sender{cfg: cfg, env: env, set: set, changed: ends.NewSignal()}
}

// Open begins to listen or to dial. It waits for nobody.
func (s *sender) Open(ctx context.Context) error {
	s.state, s.stop = running, make(chan struct{})
	s.end = &endpoint{
		announce: s.cfg.Announce, pipeline: s.env.Pipeline,
		listen: s.cfg.Listen, dial: s.cfg.Dial, insecure: s.cfg.Insecure, secret: s.cfg.Secret, tls: s.cfg.TLS,
		set: s.set, log: s.env.Log,
		hello: wire.Hello{Version: wire.Version, Role: wire.RoleSender, Extensions: []wire.Extension{wire.Confirm()}},
		admit: s.admit, dismiss: s.dismiss, serve: s.serve, done: s.done,
	}
	if err := s.end.open(ctx); err != nil {
		return err
	}
	s.reports.Go(s.tellMissed)
	return nil
}

// Wanted reports whether a receiver is connected.
func (s *sender) Wanted() bool { return s.env.Counters.Peers.Load() > 0 }

// Write gives a frame to every receiver's queue. For a frame of a lossless stream it waits for receivers
// and for room; otherwise it never waits. A frame whose delivery is confirmed it holds until it is.
func (s *sender) Write(ctx context.Context, f *pipeline.Frame) error {
	confirm := s.confirms(f)
	if err := ends.CheckFrame(f, s.cfg.MaxFrame); err != nil {
		if confirm && !errors.Is(err, pipeline.ErrSkip) {
			err = fmt.Errorf("%w: %w", err, pipeline.ErrSkip) // it concerns this photo, and others go on
		}
		return err
	}
	if confirm {
		return s.writePhoto(ctx, f)
	}
	it := item{frame: f}
	if len(f.Data) <= portion && (f.Lossless || s.Wanted()) {
		it.sum = checksumOf(f.Data) // once for all receivers; larger ones are summed while they are written
	}
	return s.changed.Await(ctx, &s.mu, s.env.Log, func() string {
		s.lossless = f.Lossless
		if f.Lossless {
			if what := s.waitFor(); what != "" {
				return what
			}
		}
		s.push(it)
		return ""
	})
}

// waitFor says what a lossless stream has to wait for now, or nothing. The lock is held.
func (s *sender) waitFor() string {
	if len(s.peers) == 0 {
		s.begun = false
	}
	if !s.begun {
		if missing := s.cfg.MinPeers - len(s.peers); missing > 0 {
			return s.waitingText(missing)
		}
		s.begun = true
	}
	s.carry.clear() // whoever was there has it by now
	for _, p := range s.peers {
		if p.queue.full(true) {
			return ends.Untold
		}
	}
	return ""
}

func (s *sender) waitingText(missing int) string {
	if s.cfg.Dial != "" {
		return "waiting for the receiver at " + s.cfg.Dial
	}
	return fmt.Sprintf("waiting for %s at %s", ends.Receivers(missing), s.end.listener.Addr())
}

// push puts an item into every queue. The lock is held.
func (s *sender) push(it item) {
	if len(s.peers) == 0 {
		s.env.Counters.Dropped.Add(1)
		return
	}
	for _, p := range s.peers {
		if !it.frame.Lossless && p.queue.full(false) {
			p.drop(p.queue.takeOldest())
		}
		p.queue.push(it)
		p.wake()
	}
}

func (s *sender) isClosing() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state == closing
}
