package udp

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"framewire/pipeline"
	"framewire/transports/datagram"
	"framewire/transports/wire"
)

var _ pipeline.Source = (*receiver)(nil)

// receiver is the receiving end: a source that a sender feeds, one at a time.
type receiver struct {
	cfg ReceiveConfig
	env pipeline.Env
	set settings
	end *endpoint

	budget   *datagram.Budget
	sessions chan *inbound // that wait to be read
	stop     chan struct{} // closed by Close

	// Of the goroutine that reads.
	now       *inbound // that is being read
	timer     *time.Timer
	stream    pipeline.StreamID // of the last frame
	seq       uint64            // of the last frame
	connected int               // sessions so far

	mu      sync.Mutex
	current *inbound // that has the place
	ended   bool     // the stream came to its end
}

const stopped = "the receiver stopped"

// newReceiver makes a receiving end that does nothing yet.
func newReceiver(cfg ReceiveConfig, env pipeline.Env, set settings) *receiver {
	return &receiver{cfg: cfg, env: env, set: set}
}

// Open begins to listen, to dial, or joins the group. It waits for nobody.
func (r *receiver) Open(ctx context.Context) error {
	r.sessions, r.stop = make(chan *inbound), make(chan struct{})
	r.current, r.ended = nil, false
	r.budget = datagram.NewBudget(r.set.memory)
	r.timer = time.NewTimer(time.Hour)
	r.end = &endpoint{
		place:    place{listen: r.cfg.Listen, dial: r.cfg.Dial, group: r.cfg.Group, iface: r.cfg.Interface, source: r.cfg.Source},
		pipeline: r.env.Pipeline, secret: r.cfg.Secret, insecure: r.cfg.Insecure, announce: r.cfg.Announce,
		set: r.set, log: r.env.Log,
		hello: wire.Hello{
			Version: wire.Version, Role: wire.RoleReceiver,
			Extensions: []wire.Extension{wire.MaxFrame(uint32(r.cfg.MaxFrame)), wire.Instance(rand.Uint64())},
		},
		admit: r.admit, join: r.join, done: r.done,
	}
	r.end.mtu.Store(int64(r.cfg.MTU))
	return r.end.open(ctx)
}

func (r *receiver) admit() *wire.Refusal {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.refusal()
}

// refusal is admit with the lock held. A sender that has been silent for a while loses its place to one that
// is there.
func (r *receiver) refusal() *wire.Refusal {
	if r.ended {
		return wire.Refuse(wire.ReasonBusy, "the stream has ended here")
	}
	if c := r.current; c != nil && c.link.silence(time.Now()) < r.set.quiet {
		return wire.Refuse(wire.ReasonBusy, "another sender is connected, and a receiver takes one at a time")
	}
	return nil
}

// join gives a session the place.
func (r *receiver) join(l *link) (member, *wire.Refusal) {
	r.mu.Lock()
	defer r.mu.Unlock()
	// Of a group only the newest session is ours, and a sender that begins anew is the one that we have.
	newer := l.hub.group != nil || r.current != nil && l.follows(r.current.link)
	if refusal := r.refusal(); refusal != nil && (r.ended || !newer) {
		return nil, refusal
	}
	if r.current != nil {
		r.current.lose(errors.New("a newer session has taken its place"))
	}
	r.current = newInbound(r, l)
	return r.current, nil
}

func (r *receiver) dismiss(s *inbound) {
	r.mu.Lock()
	if r.current == s {
		r.current = nil
	}
	r.mu.Unlock()
}

func (r *receiver) done() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.ended
}

// Read gives the next frame. While nobody is connected it waits; a stream that was interrupted goes on
// when its sender is back.
func (r *receiver) Read(ctx context.Context) (*pipeline.Frame, error) {
	for {
		if r.now == nil {
			select {
			case r.now = <-r.sessions:
				r.begin()
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		}
		now := time.Now()
		f, wake, err := r.now.next(now)
		switch {
		case f != nil:
			if f = r.accept(f); f != nil {
				return f, nil
			}
			continue
		case errors.Is(err, pipeline.ErrSkip):
			return nil, err
		case errors.Is(err, pipeline.ErrEnd):
			r.mu.Lock()
			r.ended = true
			r.mu.Unlock()
			r.drop("all read")
			return nil, pipeline.ErrEnd
		case err != nil:
			r.lost(err)
			continue
		}
		r.timer.Reset(wake.Sub(now))
		select {
		case <-r.now.arrived:
		case <-r.timer.C:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// begin takes note of a new session.
func (r *receiver) begin() {
	r.connected++
	if r.connected > 1 {
		r.env.Counters.Reconnects.Add(1)
	}
	r.now.resumed = r.connected > 1
	r.end.news.Say(r.env.Log.Info, "sender connected", "sender", r.now.link.name)
}

// accept gives the frame, brought to our clock, or nil for one that came in a session before: the sender of
// a lossless stream repeats what it is not sure of.
func (r *receiver) accept(f *pipeline.Frame) *pipeline.Frame {
	if r.now.resumed && f.Lossless && f.Stream == r.stream && f.Seq <= r.seq {
		f.Release()
		return nil
	}
	r.now.resumed = false
	r.stream, r.seq = f.Stream, f.Seq
	f.Captured = r.now.local(f.Captured)
	return f
}

// lost gives a broken session up, or one whose sender stops.
func (r *receiver) lost(cause error) {
	if bye := (*byeError)(nil); errors.As(cause, &bye) {
		r.end.news.Say(r.env.Log.Info, "the sender stops for now, waiting for it", "sender", r.now.link.name, "cause", bye.text)
		r.drop("all read")
		return
	}
	r.end.news.Say(r.env.Log.Warn, "connection lost, waiting for the sender", "sender", r.now.link.name, "cause", cause)
	r.drop("lost: " + cause.Error())
}

func (r *receiver) drop(why string) {
	r.now.why = why
	close(r.now.over)
	r.now = nil
}

// Close says bye to the sender, closes the socket, and waits for every goroutine.
func (r *receiver) Close() error {
	select {
	case <-r.stop:
		return nil
	default:
		close(r.stop)
	}
	if r.now != nil {
		r.drop(stopped)
	}
	r.timer.Stop()
	r.end.close()
	return nil
}

// byeError says that the sender stops, in its words.
type byeError struct{ text string }

// Error gives the sender's words.
func (e *byeError) Error() string { return e.text }

// skipped wraps what is wrong with one frame.
func skipped(err error) error { return fmt.Errorf("%w: %w", pipeline.ErrSkip, err) }
