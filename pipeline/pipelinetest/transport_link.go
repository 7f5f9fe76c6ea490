package pipelinetest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"time"

	"framewire/pipeline"
)

// link is the surroundings of one transport rule: a pair of configs and the ends made with them.
type link struct {
	tr            *trial
	c             TransportCase
	send, receive any
	readers       []*reader
}

func (c TransportCase) link(tr *trial) *link {
	tr.Helper()
	l := &link{tr: tr, c: c, send: c.Send.Config(), receive: c.Receive.Config()}
	if c.Configure != nil {
		c.Configure(tr.test, l.send, l.receive)
	}
	for _, cfg := range []any{l.send, l.receive} {
		if v, ok := cfg.(interface{ Validate() error }); ok {
			if err := v.Validate(); err != nil {
				tr.Fatalf("the case's config is not valid: %v", err)
			}
		}
	}
	return l
}

// newSender makes a sending end. Each end has a copy of the config, as in a process of its own.
func (l *link) newSender() *sender {
	l.tr.Helper()
	env := Env(l.tr, l.tr.pool)
	return &sender{sinkTrial: newSinkTrial(l.tr, l.c.Send, copyOf(l.send), env), counters: env.Counters, link: l}
}

// newReceiver makes a receiving end.
func (l *link) newReceiver() *receiver {
	l.tr.Helper()
	env := Env(l.tr, l.tr.pool)
	return &receiver{sourceTrial: newSourceTrial(l.tr, l.c.Receive, copyOf(l.receive), env), counters: env.Counters, link: l}
}

// connect makes and opens a pair of ends. The receiver's frames are read from now on.
func (l *link) connect(tick time.Duration) (*sender, *reader) {
	l.tr.Helper()
	d := l.newReceiver().reading(tick)
	s := l.newSender()
	s.open()
	return s, d
}

// heard tells of the receivers that gave up on their own, which is often why a sender waits in vain.
func (l *link) heard() (text string) {
	for _, d := range l.readers {
		select {
		case <-d.ended:
			text += fmt.Sprintf("\na receiver had ended before: %v", d.err)
		default:
		}
	}
	return text
}

func copyOf(cfg any) any {
	v := reflect.New(reflect.TypeOf(cfg).Elem())
	v.Elem().Set(reflect.ValueOf(cfg).Elem())
	return v.Interface()
}

// pause is how long an end that was lost waits before it is opened again.
const pause = 20 * time.Millisecond

// retry calls open until it gives anything but ErrLost, as the runner does.
func retry(ctx context.Context, open func(context.Context) error) error {
	for {
		err := open(ctx)
		if !errors.Is(err, pipeline.ErrLost) {
			return err
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return err
		}
	}
}

// begin opens in a goroutine, as retry does, and returns when that was tried once or takes its time. The
// function that it gives waits for the end of it.
func begin(ctx context.Context, open func(context.Context) error) (opened func(*trial) bool) {
	tried, done := make(chan struct{}, 1), make(chan error, 1)
	go func() {
		done <- retry(ctx, func(ctx context.Context) error {
			err := open(ctx)
			select {
			case tried <- struct{}{}:
			default:
			}
			return err
		})
	}()
	select {
	case <-tried:
	case <-time.After(5 * pause):
	}
	return func(tr *trial) bool {
		tr.Helper()
		var err error
		tr.call("Open", func() { err = <-done })
		if err != nil {
			tr.Fatalf("Open: %v", err)
		}
		return true
	}
}

// sender is a sending end, opened again whenever it says that the connection is lost.
type sender struct {
	*sinkTrial
	counters *pipeline.Counters
	link     *link
}

func (s *sender) open() {
	s.tr.Helper()
	if err := retry(s.tr.ctx, s.openWith); err != nil {
		s.tr.Fatalf("sender: Open: %v", err)
	}
}

// send writes one frame and gives it back.
func (s *sender) send(f *pipeline.Frame) {
	s.tr.Helper()
	defer f.Release()
	for {
		err := s.write(s.tr.ctx, f)
		switch {
		case err == nil || err == pipeline.ErrSkip:
			return
		case errors.Is(err, pipeline.ErrLost):
			s.close()
			s.open()
		default:
			s.tr.Fatalf("sender: Write of frame %d: %v%s", f.Seq, err, s.link.heard())
		}
	}
}

// receiver is a receiving end, opened again whenever it says that the connection is lost.
type receiver struct {
	*sourceTrial
	counters *pipeline.Counters
	link     *link
}

// next gives the next frame, or ErrEnd, or why there is none. It may run beside the test's goroutine, so
// it does not break the rule off.
func (r *receiver) next(ctx context.Context) (*pipeline.Frame, error) {
	for {
		f, err := r.source.Read(ctx)
		switch {
		case err == nil && f == nil:
			return nil, errors.New("neither a frame nor an error")
		case errors.Is(err, pipeline.ErrSkip) && ctx.Err() == nil:
		case errors.Is(err, pipeline.ErrLost) && ctx.Err() == nil:
			r.isOpen = false
			if err := r.source.Close(); err != nil {
				return nil, err
			}
			if err := retry(ctx, r.source.Open); err != nil {
				return nil, err
			}
			r.isOpen = true
		default:
			return f, err
		}
	}
}
