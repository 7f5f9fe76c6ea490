package udp

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"

	"framewire/pipeline"
	"framewire/transports/datagram"
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

	splitter *datagram.Splitter
	items    items
	first    uint32 // number of the first frame of every session
	reports  sync.WaitGroup
	stop     chan struct{} // closed by Close
	changed  ends.Signal   // of what Write or End waits for

	mu       sync.Mutex
	state    state
	peers    []*peer
	lost     int  // peers that went away and whose place nobody has taken yet
	begun    bool // the lossless stream has its receivers
	lossless bool // of the last frame
	steps    ladder
	// carry is what a lossless stream's receivers had not got when they broke off. While nobody is there
	// it is kept for those who come next.
	carry queue
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
	s := &sender{cfg: cfg, env: env, set: set, changed: ends.NewSignal(), first: rand.Uint32()}
	s.carry.pool = &s.items
	return s
}

// Open begins to listen, to dial, or to send to the group. It waits for nobody.
func (s *sender) Open(ctx context.Context) error {
	s.state, s.stop = running, make(chan struct{})
	if s.splitter == nil {
		s.splitter = datagram.NewSplitter()
	}
	s.end = &endpoint{
		place:    place{listen: s.cfg.Listen, dial: s.cfg.Dial, group: s.cfg.Group, iface: s.cfg.Interface},
		pipeline: s.env.Pipeline, secret: s.cfg.Secret, insecure: s.cfg.Insecure, announce: s.cfg.Announce,
		set: s.set, log: s.env.Log,
		hello: wire.Hello{
			Version: wire.Version, Role: wire.RoleSender,
			Extensions: []wire.Extension{wire.FirstFrame(s.first), wire.Instance(rand.Uint64())},
		},
		out: &s.env.Counters.BytesOut, admit: s.admit, join: s.join, done: s.done,
	}
	s.end.mtu.Store(int64(s.cfg.MTU))
	if err := s.end.open(ctx); err != nil {
		return err
	}
	s.reports.Go(s.tellMissed)
	return nil
}

// Wanted reports whether a receiver is connected; in a group nobody knows.
func (s *sender) Wanted() bool { return s.cfg.Group != "" || s.env.Counters.Peers.Load() > 0 }

// Write gives a frame to every receiver's queue. For a frame of a lossless stream it waits for receivers
// and for room; otherwise it never waits.
func (s *sender) Write(ctx context.Context, f *pipeline.Frame) error {
	if err := ends.CheckFrame(f, s.cfg.MaxFrame); err != nil {
		return err
	}
	return s.changed.Await(ctx, &s.mu, s.env.Log, func() string {
		s.lossless = f.Lossless
		if f.Lossless {
			if what := s.waitFor(); what != "" {
				return what
			}
		}
		s.push(f)
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
	switch {
	case s.cfg.Group != "":
		return "waiting for the network at " + s.cfg.Group
	case s.cfg.Dial != "":
		return "waiting for the receiver at " + s.cfg.Dial
	}
	return fmt.Sprintf("waiting for %s at %s", ends.Receivers(missing), s.end.hub.conn.LocalAddr())
}

// push puts a frame into every queue. The lock is held.
func (s *sender) push(f *pipeline.Frame) {
	if len(s.peers) == 0 {
		s.env.Counters.Dropped.Add(1)
		return
	}
	it := s.items.of(f)
	defer s.items.release(it)
	for _, p := range s.peers {
		if !f.Lossless && p.queue.full(false) {
			p.drop(p.queue.takeOldest())
		}
		p.queue.push(it)
		p.wake()
	}
}

// End empties the queues, tells every receiver that the stream is over, and waits until they have read
// it all. A lossless stream takes the time that its receivers need, a live one two seconds.
func (s *sender) End(ctx context.Context) error {
	s.mu.Lock()
	if !s.lossless {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, s.set.end)
		defer cancel()
	}
	s.state = ending
	for _, p := range s.peers {
		s.carry.clear() // those who are there have it in their queues
		p.wake()
	}
	left := len(s.carry.items)
	s.mu.Unlock()
	if left > 0 {
		s.env.Log.Info("the stream has ended, waiting for a receiver to take what is left", "frames", left)
	}
	err := s.changed.Await(ctx, &s.mu, s.env.Log, func() string {
		if len(s.peers) > 0 || len(s.carry.items) > 0 {
			return ends.Untold
		}
		return ""
	})
	if err != nil {
		return s.unread()
	}
	return nil
}

// unread says who did not get the end. For a live stream that is no error.
func (s *sender) unread() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.lossless || len(s.peers) == 0 && len(s.carry.items) == 0 {
		return nil
	}
	return errors.New("the stream ended and " + s.behind() + " had not read all of it")
}

func (s *sender) behind() string {
	switch len(s.peers) {
	case 0:
		return "a receiver that broke off"
	case 1:
		return "receiver " + s.peers[0].link.name
	}
	return ends.Receivers(len(s.peers))
}

// Close says bye to those who are still connected, closes the socket, and waits for every goroutine.
func (s *sender) Close() error {
	s.mu.Lock()
	if s.state == closing {
		s.mu.Unlock()
		return nil
	}
	s.state = closing
	if s.undelivered = 0; len(s.peers) == 0 {
		s.undelivered = s.carry.lossless()
	}
	s.mu.Unlock()
	close(s.stop)
	s.end.close()
	s.reports.Wait()
	s.mu.Lock()
	s.carry.clear()
	s.lost, s.begun = 0, false
	undelivered := s.undelivered
	s.mu.Unlock()
	if undelivered > 0 {
		s.env.Counters.Dropped.Add(uint64(undelivered))
		s.env.Log.Warn("stopped before everything was delivered", "frames", undelivered)
	}
	return nil
}
