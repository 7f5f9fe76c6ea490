package pipelinetest

import (
	"context"
	"fmt"
	"testing"

	"framewire/pipeline"
)

// sourceTrial calls a source as the runner does, each call bounded.
type sourceTrial struct {
	tr     *trial
	source pipeline.Source
	isOpen bool
}

func newSourceTrial(tr *trial, spec pipeline.Spec, cfg any, env pipeline.Env) *sourceTrial {
	tr.Helper()
	s := &sourceTrial{tr: tr}
	var err error
	tr.call("New", func() { s.source, err = spec.NewSource(cfg, env) })
	if err != nil {
		tr.Fatalf("New: %v", err)
	}
	tr.Cleanup(func() {
		if s.isOpen && !tr.abandoned { // the rule broke off
			catch(func() { _ = s.source.Close() })
		}
	})
	return s
}

func (s *sourceTrial) openWith(ctx context.Context) error {
	s.tr.Helper()
	var err error
	s.tr.call("Open", func() { err = s.source.Open(ctx) })
	s.isOpen = err == nil
	return err
}

func (s *sourceTrial) open() {
	s.tr.Helper()
	if err := s.openWith(s.tr.ctx); err != nil {
		s.tr.Fatalf("Open: %v", err)
	}
}

// read gives the next frame; calls that were skipped are made again.
func (s *sourceTrial) read(ctx context.Context) (*pipeline.Frame, error) {
	s.tr.Helper()
	const tries = 1000
	for range tries {
		var f *pipeline.Frame
		var err error
		s.tr.call("Read", func() { f, err = s.source.Read(ctx) })
		switch {
		case err == nil && f == nil:
			s.tr.Fatalf("Read gives neither a frame nor an error")
		case err != nil && f != nil:
			s.tr.Fatalf("Read gives a frame and the error %v", err)
		case !steers(err, pipeline.ErrSkip):
			return f, err
		case ctx.Err() != nil:
			return nil, ctx.Err()
		}
	}
	return nil, fmt.Errorf("%d times in a row: %w", tries, pipeline.ErrSkip)
}

func (s *sourceTrial) close() {
	s.tr.Helper()
	s.isOpen = false
	var err error
	s.tr.call("Close", func() { err = s.source.Close() })
	if err != nil {
		s.tr.Errorf("Close: %v", err)
	}
}

// sinkTrial calls a sink as the runner does, each call bounded.
type sinkTrial struct {
	tr     *trial
	sink   pipeline.Sink
	isOpen bool
}

func newSinkTrial(tr *trial, spec pipeline.Spec, cfg any, env pipeline.Env) *sinkTrial {
	tr.Helper()
	s := &sinkTrial{tr: tr}
	var err error
	tr.call("New", func() { s.sink, err = spec.NewSink(cfg, env) })
	if err != nil {
		tr.Fatalf("New: %v", err)
	}
	tr.Cleanup(func() {
		if s.isOpen && !tr.abandoned {
			catch(func() { _ = s.sink.Close() })
		}
	})
	return s
}

func (s *sinkTrial) openWith(ctx context.Context) error {
	s.tr.Helper()
	var err error
	s.tr.call("Open", func() { err = s.sink.Open(ctx) })
	s.isOpen = err == nil
	return err
}

func (s *sinkTrial) open() {
	s.tr.Helper()
	if err := s.openWith(s.tr.ctx); err != nil {
		s.tr.Fatalf("Open: %v", err)
	}
}

func (s *sinkTrial) write(ctx context.Context, f *pipeline.Frame) error {
	s.tr.Helper()
	var err error
	s.tr.call("Write", func() { err = s.sink.Write(ctx, f) })
	return err
}

// end calls End where the sink has it.
func (s *sinkTrial) end() {
	s.tr.Helper()
	ender, ok := s.sink.(pipeline.Ender)
	if !ok {
		return
	}
	var err error
	s.tr.call("End", func() { err = ender.End(s.tr.ctx) })
	if err != nil {
		s.tr.Errorf("End: %v", err)
	}
}

func (s *sinkTrial) close() {
	s.tr.Helper()
	s.isOpen = false
	var err error
	s.tr.call("Close", func() { err = s.sink.Close() })
	if err != nil {
		s.tr.Errorf("Close: %v", err)
	}
}

// defaultAllocs is how many allocations a frame may cost in the steady state.
const defaultAllocs = 16

func allocsRule(limit int) string {
	switch {
	case limit < 0:
		return "the steady state runs"
	case limit == 0:
		limit = defaultAllocs
	}
	return fmt.Sprintf("the steady state allocates at most %d times a frame", limit)
}

// atMost measures how often step allocates, by all goroutines of the process together.
func atMost(tr *trial, limit, runs int, step func()) {
	tr.Helper()
	if limit == 0 {
		limit = defaultAllocs
	}
	if raceEnabled || limit < 0 {
		tr.call("the steady state", step)
		return
	}
	var got float64
	tr.call("the steady state", func() { got = testing.AllocsPerRun(runs, step) })
	if got > float64(limit) {
		tr.Errorf("one frame costs %.0f allocations", got)
	}
}
