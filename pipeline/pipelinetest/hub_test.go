package pipelinetest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"sync"
	"testing"

	"framewire/pipeline"
)

// hub is a transport inside the process, with the fault of that name: one sender, whose receivers dial.
type hub struct {
	fault    string
	listener net.Listener    // where strangers call
	life     context.Context // lasts longer than any rule; what hangs is let go in the end

	mu        sync.Mutex
	sender    *hubSender
	receivers []*hubReceiver
	joined    chan struct{} // closed when a receiver comes
}

type hubConfig struct {
	Hub *hub `yaml:"hub" doc:"what connects both ends"`
}

func newHubCase(fault string) TransportCase {
	send := pipeline.SinkSpec[hubConfig]{
		Kind: pipeline.KindSend, Name: "hub", Summary: "sends inside the process",
		New: func(cfg *hubConfig, env pipeline.Env) (pipeline.Sink, error) {
			s := &hubSender{hub: cfg.Hub, env: env}
			if fault == "cannot end" {
				return endless{s}, nil
			}
			return s, nil
		},
	}.Spec()
	receive := pipeline.SourceSpec[hubConfig]{
		Kind: pipeline.KindReceive, Name: "hub", Summary: "receives inside the process",
		New: func(cfg *hubConfig, env pipeline.Env) (pipeline.Source, error) {
			return &hubReceiver{hub: cfg.Hub, env: env}, nil
		},
	}.Spec()
	return TransportCase{
		Send: send, Receive: receive,
		Configure: func(t *testing.T, send, receive any) {
			life, end := context.WithCancel(context.Background())
			t.Cleanup(end)
			h := &hub{fault: fault, life: life, joined: make(chan struct{})}
			h.listen(t)
			send.(*hubConfig).Hub, receive.(*hubConfig).Hub = h, h
		},
		Addr: func(send, _ any) string { return send.(*hubConfig).Hub.listener.Addr().String() },
	}
}

// endless hides End.
type endless struct{ pipeline.Sink }

// listen hangs up on strangers.
func (h *hub) listen(t *testing.T) {
	var err error
	if h.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	t.Cleanup(func() { _ = h.listener.Close(); <-done })
	go func() {
		defer close(done)
		for {
			conn, err := h.listener.Accept()
			if err != nil {
				return
			}
			_ = conn.Close()
			if h.fault == "believes strangers" {
				h.part(true)
			}
		}
	}()
}

// part sends all receivers away, at the end of the stream or because the sender is gone.
func (h *hub) part(end bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, r := range h.receivers {
		r.ended = end
		close(r.over)
	}
	h.receivers = nil
	if h.sender != nil {
		h.sender.env.Counters.Peers.Store(0)
	}
}

type hubSender struct {
	hub  *hub
	env  pipeline.Env
	back *pipeline.Frame // held back, to come out of order
}

var _ pipeline.Ender = (*hubSender)(nil)

func (s *hubSender) Open(context.Context) error {
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	if s.hub.sender != nil {
		return errors.New("the address is in use")
	}
	s.hub.sender = s
	return nil
}

func (s *hubSender) Write(ctx context.Context, f *pipeline.Frame) error {
	if s.hub.fault == "reorders" {
		if s.back == nil {
			s.back = f.Retain()
			return nil
		}
		defer func() { s.back.Release(); s.back = nil }()
		if err := s.write(ctx, f); err != nil {
			return err
		}
		return s.write(ctx, s.back)
	}
	return s.write(ctx, f)
}

func (s *hubSender) write(ctx context.Context, f *pipeline.Frame) error {
	receivers := s.peers()
	for f.Lossless && len(receivers) == 0 && s.hub.fault != "does not wait" {
		s.hub.mu.Lock()
		joined := s.hub.joined
		s.hub.mu.Unlock()
		if s.hub.fault == "ignores ctx in Write" {
			ctx = s.hub.life
		}
		select {
		case <-joined:
		case <-ctx.Done():
			return ctx.Err()
		}
		receivers = s.peers()
	}
	for _, r := range receivers {
		block := f.Lossless && s.hub.fault != "drops lossless" || !f.Lossless && s.hub.fault == "blocks live"
		if err := r.offer(ctx, s, f, block); err != nil {
			return err
		}
	}
	return nil
}

func (s *hubSender) peers() []*hubReceiver {
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	return slices.Clone(s.hub.receivers)
}

func (s *hubSender) End(context.Context) error {
	s.hub.part(true)
	return nil
}

func (s *hubSender) Close() error {
	s.hub.part(s.hub.fault == "ends on Close")
	if s.back != nil {
		s.back.Release()
		s.back = nil
	}
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	s.hub.sender = nil
	return nil
}

type hubReceiver struct {
	hub    *hub
	env    pipeline.Env
	frames chan *pipeline.Frame
	gone   chan struct{} // closed when it closes
	over   chan struct{} // closed when no more frames come
	ended  bool          // set before that, when it is the end
	opened int
}

// offer copies the frame for the receiver.
func (r *hubReceiver) offer(ctx context.Context, s *hubSender, f *pipeline.Frame, block bool) error {
	g := r.env.Pool.Get(len(f.Data))
	copy(g.Data, f.Data)
	g.Stream, g.Seq, g.Captured, g.PTS = f.Stream, f.Seq, f.Captured, f.PTS
	g.Format, g.Key, g.Lossless, g.Meta = f.Format, f.Key, f.Lossless, f.Meta
	switch r.hub.fault {
	case "corrupts":
		if len(g.Data) > 1<<20 {
			g.Data[len(g.Data)/2]++
		}
	case "forgets the name":
		g.Meta.Name = ""
	case "forgets the clock":
		g.Captured = g.Captured.AddDate(0, 0, 1)
	}
	if block {
		select {
		case r.frames <- g:
			return nil
		case <-r.gone:
			g.Release()
			return nil
		case <-ctx.Done():
			g.Release()
			return ctx.Err()
		}
	}
	select {
	case r.frames <- g:
	default:
		g.Release()
		if r.hub.fault != "hides drops" {
			s.env.Counters.Dropped.Add(1)
		}
	}
	return nil
}

func (r *hubReceiver) Open(ctx context.Context) error {
	h := r.hub
	h.mu.Lock()
	defer h.mu.Unlock()
	r.opened++
	switch {
	case h.fault == "needs the sender first" && h.sender == nil:
		return errors.New("connection refused")
	case h.fault == "never comes back" && r.opened > 1 && h.receivers == nil && !r.ended && r.frames != nil:
		return errors.New("used up")
	case h.sender == nil:
		return fmt.Errorf("nobody listens: %w", pipeline.ErrLost)
	case h.fault == "takes one" && len(h.receivers) > 0:
		return errors.New("somebody is here already")
	}
	r.frames, r.gone, r.over = make(chan *pipeline.Frame, 4), make(chan struct{}), make(chan struct{})
	h.receivers = append(h.receivers, r)
	if h.fault != "counts nobody" {
		h.sender.env.Counters.Peers.Add(1)
	}
	r.env.Counters.Peers.Store(1)
	close(h.joined)
	h.joined = make(chan struct{})
	return nil
}

func (r *hubReceiver) Read(ctx context.Context) (*pipeline.Frame, error) {
	if r.hub.fault == "ignores ctx in Read" {
		ctx = r.hub.life
	}
	select {
	case f := <-r.frames:
		return f, nil
	case <-r.over:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	select {
	case f := <-r.frames:
		return f, nil
	default:
	}
	if r.ended {
		return nil, pipeline.ErrEnd
	}
	return nil, pipeline.ErrLost
}

func (r *hubReceiver) Close() error {
	close(r.gone)
	r.hub.mu.Lock()
	defer r.hub.mu.Unlock()
	r.env.Counters.Peers.Store(0)
	if i := slices.Index(r.hub.receivers, r); i >= 0 {
		r.hub.receivers = slices.Delete(r.hub.receivers, i, i+1)
		if r.hub.sender != nil {
			r.hub.sender.env.Counters.Peers.Add(-1)
		}
	}
	for { // what nobody read
		select {
		case f := <-r.frames:
			f.Release()
		default:
			return nil
		}
	}
}
