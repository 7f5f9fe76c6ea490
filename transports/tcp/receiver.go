package tcp

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"sync"

	"framewire/pipeline"
	"framewire/transports/wire"
)

var _ pipeline.Source = (*receiver)(nil)

// receiver is the receiving end: a source that a sender feeds, one at a time.
type receiver struct {
	cfg ReceiveConfig
	env pipeline.Env
	set settings
	end *endpoint

	sessions chan *session // connections that wait to be read
	stop     chan struct{} // closed by Close

	// Of the goroutine that reads.
	now       *session // that is being read
	watched   context.Context
	unwatch   func() bool
	stream    pipeline.StreamID // of the last frame
	seq       uint64            // of the last frame
	connected int               // sessions so far
	shelf     shelf

	arrivals *arrivals
	instance uint64 // of this run

	mu      sync.Mutex
	busy    bool     // a sender has the place
	ended   bool     // the stream came to its end
	reading net.Conn // of the session that is being read
}

const stopped = "the receiver stopped"

// newReceiver makes a receiving end that does nothing yet.
func newReceiver(cfg ReceiveConfig, env pipeline.Env, set settings) *receiver {
	return &receiver{cfg: cfg, env: env, set: set, arrivals: newArrivals(env.Keepers), instance: rand.Uint64()}
}

// Open begins to listen or to dial. It waits for nobody.
func (r *receiver) Open(ctx context.Context) error {
	r.sessions, r.stop = make(chan *session), make(chan struct{})
	r.busy, r.ended = false, false
	r.end = &endpoint{
		announce: r.cfg.Announce, pipeline: r.env.Pipeline,
		listen: r.cfg.Listen, dial: r.cfg.Dial, insecure: r.cfg.Insecure, secret: r.cfg.Secret, tls: r.cfg.TLS,
		set: r.set, log: r.env.Log,
		hello: wire.Hello{
			Version: wire.Version, Role: wire.RoleReceiver,
			Extensions: []wire.Extension{wire.MaxFrame(uint32(r.cfg.MaxFrame)), wire.Confirm(), wire.Instance(r.instance)},
		},
		admit: r.admit, dismiss: r.dismiss, serve: r.serve, done: r.done,
	}
	return r.end.open(ctx)
}

func (r *receiver) admit() *wire.Refusal {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ended {
		return wire.Refuse(wire.ReasonBusy, "the stream has ended here")
	}
	if r.busy {
		return wire.Refuse(wire.ReasonBusy, "another sender is connected, and a receiver takes one at a time")
	}
	r.busy = true
	return nil
}

func (r *receiver) dismiss() {
	r.mu.Lock()
	r.busy = false
	r.mu.Unlock()
}

func (r *receiver) done() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.ended
}

// serve hands a connection to Read and keeps it alive until Read has done with it.
func (r *receiver) serve(_ context.Context, l *link) {
	defer r.dismiss()
	l.settled()
	s := newSession(r, l)
	r.env.Counters.Peers.Add(1)
	defer r.env.Counters.Peers.Add(-1)
	talking := make(chan struct{})
	go func() {
		defer close(talking)
		s.talk()
	}()
	select {
	case r.sessions <- s:
		<-s.over
	case <-r.stop:
		s.drop(stopped)
	}
	<-talking
}

// Read gives the next frame. While nobody is connected it waits; a stream that was interrupted goes on
// when its sender is back.
func (r *receiver) Read(ctx context.Context) (*pipeline.Frame, error) {
	r.watch(ctx)
	for {
		if r.now == nil {
			select {
			case r.now = <-r.sessions:
				r.begin()
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		}
		if f := r.now.photos.advance(); f != nil {
			return f, nil
		}
		m, err := r.now.next(ctx)
		if err != nil {
			if err = r.interrupted(ctx, m, err); err != nil {
				return nil, err
			}
			continue
		}
		switch m.Type {
		case wire.TypeOffer:
			if err := r.now.photos.offer(ctx, m.Offer); err != nil {
				r.lost(err)
			}
		case wire.TypeChunk:
			f, err := r.now.photos.chunk(m.Chunk)
			if err != nil {
				r.lost(err)
			} else if f != nil {
				return f, nil
			}
		case wire.TypeFrame:
			if f := r.accept(m.Frame); f != nil {
				return f, nil
			}
		case wire.TypePong:
			r.now.clock.Add(m.Pong, r.set.now())
		case wire.TypeEnd:
			r.mu.Lock()
			r.ended = true
			r.mu.Unlock()
			r.drop("all read")
			return nil, pipeline.ErrEnd
		case wire.TypeBye:
			r.end.news.Say(r.env.Log.Info, "the sender stops for now, waiting for it", "sender", r.now.name, "cause", m.Text)
			r.drop("all read")
		default:
			r.lost(fmt.Errorf("it sent what only receivers do: %s", m.Type))
		}
	}
}

// begin takes note of a new connection.
func (r *receiver) begin() {
	r.connected++
	if r.connected > 1 {
		r.env.Counters.Reconnects.Add(1)
	}
	r.now.resumed = r.connected > 1
	r.mu.Lock()
	r.reading = r.now.conn
	r.mu.Unlock()
	r.end.news.Say(r.env.Log.Info, "sender connected", "sender", r.now.name)
}

// accept gives the frame, brought to our clock, or nil for one that came before the connection broke:
// the sender of a lossless stream repeats what it is not sure of.
func (r *receiver) accept(f *pipeline.Frame) *pipeline.Frame {
	if r.now.resumed && f.Lossless && f.Stream == r.stream && f.Seq <= r.seq {
		f.Release()
		return nil
	}
	r.now.resumed = false
	r.stream, r.seq = f.Stream, f.Seq
	f.Captured = r.now.clock.Local(f.Captured)
	return f
}

// Close says bye to the sender, closes the connection and the port, and waits for every goroutine.
func (r *receiver) Close() error {
	if r.unwatch != nil {
		r.unwatch()
		r.watched, r.unwatch = nil, nil
	}
	select {
	case <-r.stop:
		return nil
	default:
		close(r.stop)
	}
	if r.now != nil {
		r.drop(stopped)
	}
	r.end.close()
	r.shelf.clear()
	return nil
}
