package pipelinetest

import (
	"context"
	"errors"
	"testing"

	"framewire/pipeline"
)

// fakeSink keeps the last frame until the next one comes, with the fault of that name.
type fakeSink struct {
	fault  string
	kept   *pipeline.Frame
	stop   chan struct{}
	size   pipeline.Format
	ended  bool
	opened int
	wanted bool
	waste  []*pipeline.Counters
}

var (
	_ pipeline.Sink     = (*fakeSink)(nil)
	_ pipeline.Ender    = (*fakeSink)(nil)
	_ pipeline.Demander = (*demandingSink)(nil)
)

// demandingSink is a fakeSink that may want no frames.
type demandingSink struct{ *fakeSink }

func (s *demandingSink) Wanted() bool { return s.wanted }

func newFakeSink(fault string, made func(*fakeSink)) SinkCase {
	return SinkCase{Configure: setPath, Spec: pipeline.SinkSpec[fakeConfig]{
		Name: "fake", Summary: "made for tests",
		Accepts: func(*fakeConfig) []pipeline.Format { return []pipeline.Format{pipeline.AnyRaw, pipeline.AnyJPEG} },
		New: func(_ *fakeConfig, env pipeline.Env) (pipeline.Sink, error) {
			s := &fakeSink{fault: fault, stop: make(chan struct{})}
			if made != nil {
				made(s)
			}
			if fault == "constructor takes a frame" {
				s.kept = env.Pool.Get(10)
			}
			return s, nil
		},
	}.Spec()}
}

func (s *fakeSink) Open(ctx context.Context) error {
	if s.fault == "blocks in Open" && ctx.Err() != nil {
		<-s.stop
	}
	s.size = pipeline.Format{}
	s.opened++
	return nil
}

func (s *fakeSink) Write(ctx context.Context, f *pipeline.Frame) error {
	if s.opened != 1 && s.fault == "broken when opened again" {
		return errors.New("still closed")
	}
	if s.fault == "blocks" && ctx.Err() != nil {
		<-s.stop
	}
	if s.size == (pipeline.Format{}) {
		s.size = f.Format
	}
	switch s.fault {
	case "takes nothing":
		return pipeline.ErrSkip
	case "edits":
		f.Data[0]++
	case "takes the frame":
		f.Release()
	case "keeps without retaining":
		s.kept = f
		return nil
	case "trusts the size":
		_ = make([]byte, s.size.Bytes())[len(f.Data)-1]
	case "trusts the data":
		_ = f.Data[max(f.Format.Bytes(), 1)-1]
	case "only raw":
		if f.Format.Codec != pipeline.CodecRaw {
			return errors.New("this is not raw")
		}
	case "allocates":
		s.waste = nil
		for range 100 {
			s.waste = append(s.waste, new(pipeline.Counters))
		}
	}
	s.drop()
	s.kept = f.Retain()
	return nil
}

func (s *fakeSink) drop() {
	if s.kept != nil {
		s.kept.Release()
		s.kept = nil
	}
}

func (s *fakeSink) End(context.Context) error {
	s.ended = true
	if s.fault == "cannot end" {
		return errors.New("disk full")
	}
	return nil
}

func (s *fakeSink) Close() error {
	if s.fault == "needs a frame" && s.kept == nil {
		panic("no picture")
	}
	if s.fault == "needs an end" && !s.ended {
		return errors.New("not ended")
	}
	if s.fault == "leaks" || s.fault == "keeps without retaining" {
		s.kept = nil
	}
	s.drop()
	return nil
}

func TestSinkSuitePasses(t *testing.T) {
	Sink(t, newFakeSink("", nil))
	mustPass(t, sinkRules(newFakeSink("", nil)))
}

func TestSinkSuiteSeesFaults(t *testing.T) {
	const (
		toTheEnd = "open, write, end, close"
		again    = "opens again after Close, or says why not"
	)
	for _, c := range []struct{ fault, rule, says string }{
		{"constructor takes a frame", "New does no I/O", "1 frames were taken"},
		{"takes nothing", toTheEnd, "took none"},
		{"leaks", toTheEnd, "the pool misses 1 frames"},
		{"cannot end", toTheEnd, "End: disk full"},
		{"needs an end", "open, write, close without an end", "Close: not ended"},
		{"only raw", "every format that it accepts is taken", "this is not raw"},
		{"edits", "Write keeps its frame untouched", "its data changed"},
		{"takes the frame", toTheEnd, "released frame"},
		{"keeps without retaining", "a frame that is kept is retained", "still points at a frame"},
		{"trusts the size", "a picture of another size midway is taken or refused", "index out of range"},
		{"trusts the data", "a garbage frame is taken or refused, never a panic", "index out of range"},
		{"blocks", "a done context does not hold Write up", "does not return"},
		{"blocks in Open", "a done context does not hold Open up", "does not return"},
		{"needs a frame", "Close right after Open", "no picture"},
		{"broken when opened again", again, "still closed"},
		{"allocates", allocsRule(0), "allocations"},
	} {
		t.Run(c.fault, func(t *testing.T) {
			if raceEnabled && c.fault == "allocates" {
				t.Skip("not measured under the race detector")
			}
			mustFail(t, sinkRules(newFakeSink(c.fault, func(s *fakeSink) {
				t.Cleanup(func() { close(s.stop) })
			})), brief, c.rule, c.says)
		})
	}
}

// TestSinkWanted needs the race detector to see the fault, so it only shows that the rule asks.
func TestSinkWanted(t *testing.T) {
	c := newFakeSink("", nil)
	c.Spec = pipeline.SinkSpec[fakeConfig]{
		Name: "fake", Summary: "made for tests",
		New: func(*fakeConfig, pipeline.Env) (pipeline.Sink, error) {
			return &demandingSink{&fakeSink{wanted: true}}, nil
		},
	}.Spec()
	Sink(t, c)
}
