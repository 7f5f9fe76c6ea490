package pipelinetest

import (
	"context"
	"testing"

	"framewire/pipeline"
)

// SourceCase is a source and what its suite needs to know of it.
type SourceCase struct {
	Spec pipeline.Spec
	// Configure fills in what has no default. It runs before each rule, with a config of its own.
	Configure func(t *testing.T, cfg any)
	// Frames is how many frames come before the end; 0 means that they never end.
	Frames int
	// Env changes what the source gets from the engine; nil leaves it as Env gives it.
	Env func(env *pipeline.Env)
	// Allocs is how many allocations one Read may cost in the steady state: 0 means 16, below 0 any.
	Allocs int
}

// Source checks a source against the rules of pipeline.Source.
func Source(t *testing.T, c SourceCase) {
	t.Helper()
	runRules(t, sourceRules(c))
}

func sourceRules(c SourceCase) []rule {
	rules := specRules(c.Spec, pipeline.KindSource, pipeline.KindReceive)
	if c.Spec.Missing != "" {
		return rules
	}
	return append(rules,
		constructorRule("New", func(tr *trial) func() {
			cfg := tr.config(c.Spec, c.Configure)
			return func() { c.with(tr, cfg, nil) }
		}),
		rule{"open, read to the end, close", c.readsToTheEnd},
		rule{"frames are valid and match what Gives says", c.framesAreValid},
		rule{"frames stay as they were handed on", c.framesStay},
		rule{"Close right after Open", func(tr *trial) {
			s := c.make(tr, nil)
			s.open()
			s.close()
		}},
		rule{"opens again after Close", c.reopens},
		rule{"a cancelled context ends Read", c.cancelEndsRead},
		rule{"a cancelled context ends Open", func(tr *trial) {
			s := c.make(tr, nil)
			if s.openWith(tr.cancelled()) == nil {
				s.close()
			}
		}},
		rule{allocsRule(c.Allocs), c.allocates},
	)
}

// make makes the source with a fresh config and what the chain is said to want.
func (c SourceCase) make(tr *trial, want []pipeline.Format) *sourceTrial {
	tr.Helper()
	return c.with(tr, tr.config(c.Spec, c.Configure), want)
}

func (c SourceCase) with(tr *trial, cfg any, want []pipeline.Format) *sourceTrial {
	tr.Helper()
	env := Env(tr, tr.pool)
	env.Want = want
	if c.Env != nil {
		c.Env(&env)
	}
	return newSourceTrial(tr, c.Spec, cfg, env)
}

func (c SourceCase) readsToTheEnd(tr *trial) {
	s := c.make(tr, nil)
	s.open()
	for n := range c.count(5) {
		f, err := s.read(tr.ctx)
		if err != nil {
			tr.Fatalf("Read %d of %d: %v", n+1, c.count(5), err)
		}
		f.Release()
	}
	if c.Frames > 0 {
		switch f, err := s.read(tr.ctx); {
		case err == nil:
			f.Release()
			tr.Errorf("Read gives more than %d frames", c.Frames)
		case !steers(err, pipeline.ErrEnd):
			tr.Errorf("Read after the last of %d frames: %v, want ErrEnd", c.Frames, err)
		}
	}
	s.close()
}

func (c SourceCase) framesAreValid(tr *trial) {
	gives := c.Spec.Gives(tr.config(c.Spec, c.Configure))
	wants := [][]pipeline.Format{nil}
	for _, g := range gives {
		wants = append(wants, []pipeline.Format{g})
	}
	for _, want := range wants {
		s := c.make(tr, want)
		s.open()
		last := int64(-1)
		for n := range min(c.count(5), 5) {
			f, err := s.read(tr.ctx)
			if err != nil {
				tr.Fatalf("Read %d: %v", n+1, err)
			}
			if err := valid(f); err != nil {
				tr.Errorf("frame %d: %v", n, err)
			}
			if !matchesAny(f.Format, gives) {
				tr.Errorf("frame %d of %s is none of %v, which Gives names", n, f.Format, gives)
			}
			if int64(f.PTS) < last {
				tr.Errorf("frame %d: PTS %s is before that of the frame before", n, f.PTS)
			}
			last = int64(f.PTS)
			f.Release()
		}
		s.close()
	}
}

func (c SourceCase) framesStay(tr *trial) {
	s := c.make(tr, nil)
	s.open()
	var held []*pipeline.Frame
	var sealed []seal
	for n := range min(c.count(8), 8) {
		f, err := s.read(tr.ctx)
		if err != nil {
			tr.Fatalf("Read %d: %v", n+1, err)
		}
		held, sealed = append(held, f), append(sealed, sealOf(f))
	}
	if n := tr.pool.Outstanding(); n < int64(len(held)) {
		tr.Errorf("%d frames are held and the pool counts %d: some are not from Env.Pool, or are released already", len(held), n)
	}
	s.close()
	for i, f := range held {
		if what := sealed[i].broken(f); what != "" {
			tr.Errorf("frame %d after it was handed on: %s", i, what)
		}
	}
	release(held)
}

func (c SourceCase) reopens(tr *trial) {
	s := c.make(tr, nil)
	for range 3 {
		s.open()
		f, err := s.read(tr.ctx)
		switch {
		case err == nil:
			f.Release()
		case !steers(err, pipeline.ErrEnd): // a source may go on where it was, and be through
			tr.Fatalf("Read after Open: %v", err)
		}
		s.close()
	}
}

func (c SourceCase) cancelEndsRead(tr *trial) {
	s := c.make(tr, nil)
	s.open()
	f, err := s.read(tr.ctx)
	if err != nil {
		tr.Fatalf("Read: %v", err)
	}
	f.Release()
	ctx, cancel := context.WithCancel(tr.ctx)
	go cancel() // somewhere in the middle of the reads
	const tries = 1000
	for n := 0; ; n++ {
		if ctx.Err() == nil {
			n = 0
		}
		f, err := s.read(ctx)
		if err != nil {
			break
		}
		f.Release()
		if n == tries {
			tr.Errorf("Read gave %d frames after its context was done, and no error", tries)
			break
		}
	}
	s.close()
}

// allocates needs some frames to warm up and some to measure.
func (c SourceCase) allocates(tr *trial) {
	const warm, measured = 8, 12
	if c.Frames > 0 && c.Frames < warm+measured+1 {
		tr.Skipf("the case has only %d frames", c.Frames)
	}
	s := c.make(tr, nil)
	s.open()
	var failed error
	step := func() {
		f, err := s.source.Read(tr.ctx)
		if err == nil {
			f.Release()
		} else if !steers(err, pipeline.ErrSkip) {
			failed = err
		}
	}
	for range warm {
		step()
	}
	atMost(tr, c.Allocs, measured, step)
	if failed != nil {
		tr.Errorf("in the steady state: %v", failed)
	}
	s.close()
}

// count is how many frames to read: all of them, or a few of an endless stream.
func (c SourceCase) count(endless int) int {
	if c.Frames > 0 {
		return c.Frames
	}
	return endless
}
