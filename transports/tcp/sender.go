package tcp

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

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
	changed chan struct{} // something that Write or End waits for has changed; holds one token

	mu       sync.Mutex
	state    state
	places   int     // connections that are admitted: the peers, and those about to become one
	peers    []*peer // that are connected
	lost     int     // peers that went away and whose place nobody has taken yet
	begun    bool    // the lossless stream has its receivers
	lossless bool    // of the last frame
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
	return &sender{cfg: cfg, env: env, set: set, changed: make(chan struct{}, 1)}
}

// Open begins to listen or to dial. It waits for nobody.
func (s *sender) Open(ctx context.Context) error {
	s.state, s.stop = running, make(chan struct{})
	s.end = &endpoint{
		announce: s.cfg.Announce, pipeline: s.env.Pipeline,
		listen: s.cfg.Listen, dial: s.cfg.Dial, insecure: s.cfg.Insecure, secret: s.cfg.Secret, tls: s.cfg.TLS,
		set: s.set, log: s.env.Log,
		hello: wire.Hello{Version: wire.Version, Role: wire.RoleSender},
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
// and for room; otherwise it never waits.
func (s *sender) Write(ctx context.Context, f *pipeline.Frame) error {
	if err := ends.CheckFrame(f, s.cfg.MaxFrame); err != nil {
		return err
	}
	it := item{frame: f}
	if f.Lossless || s.Wanted() {
		it.sum = wire.Checksum(0, f.Data)
	}
	for told := false; ; {
		s.mu.Lock()
		s.lossless = f.Lossless
		wait := ""
		if f.Lossless {
			wait = s.waitFor()
		}
		if wait == "" {
			s.push(it)
			s.mu.Unlock()
			return nil
		}
		s.mu.Unlock()
		if wait != waitRoom && !told {
			told = true
			s.env.Log.Info(wait)
		}
		select {
		case <-s.changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

const waitRoom = "waiting for room"

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
			return waitRoom
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

// End empties the queues, tells every receiver that the stream is over, and waits until they have read
// it all. A lossless stream takes the time that its receivers need (see peer.lingers), a live one two
// seconds.
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
	s.mu.Lock()
	for s.places > 0 || len(s.carry.items) > 0 {
		s.mu.Unlock()
		select {
		case <-s.changed:
		case <-ctx.Done():
			return s.unread()
		}
		s.mu.Lock()
	}
	s.mu.Unlock()
	return nil
}

// unread says who did not get the end. For a live stream that is no error: the end comes all the same
// when the connection closes.
func (s *sender) unread() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.lossless || s.places == 0 && len(s.carry.items) == 0 {
		return nil
	}
	return errors.New("the stream ended and " + s.behind() + " had not read all of it")
}

func (s *sender) behind() string {
	switch len(s.peers) {
	case 0:
		return "a receiver that broke off"
	case 1:
		return "receiver " + s.peers[0].name
	}
	return ends.Receivers(len(s.peers))
}

// Close says bye to those who are still connected, closes all connections and the port, and waits for
// every goroutine. It takes about as long as settings.bye at most.
func (s *sender) Close() error {
	s.mu.Lock()
	if s.state == closing {
		s.mu.Unlock()
		return nil
	}
	s.state = closing
	for _, p := range s.peers {
		p.hurry()
	}
	if s.undelivered = 0; len(s.peers) == 0 {
		s.undelivered = s.carry.lossless()
	}
	s.mu.Unlock()
	force := time.AfterFunc(s.set.bye, s.closeAll)
	defer force.Stop()
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

func (s *sender) closeAll() {
	s.mu.Lock()
	peers := slices.Clone(s.peers)
	s.mu.Unlock()
	for _, p := range peers {
		p.conn.Close()
	}
}

func (s *sender) isClosing() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state == closing
}

// notify tells Write or End to look again. Only one of them waits at a time.
func (s *sender) notify() {
	select {
	case s.changed <- struct{}{}:
	default:
	}
}
