package pipelinetest

import (
	"context"
	"errors"
	"runtime/debug"
	"testing"
	"time"

	"framewire/pipeline"
)

// patience bounds everything that a rule waits for. Only plugins that hang use it up.
const patience = 30 * time.Second

// rule is one thing that a plugin must do.
type rule struct {
	name  string
	check func(*trial)
}

// trial is the surroundings in which one rule is checked.
type trial struct {
	testing.TB                 // takes the failures
	test       *testing.T      // what the case's own functions get
	ctx        context.Context // done when the rule has taken too long
	pool       *pipeline.Pool
	patience   time.Duration
	abandoned  bool // a call did not return: what it holds cannot be asked for
}

// runRules checks each rule in a subtest.
func runRules(t *testing.T, rules []rule) {
	t.Helper()
	for _, r := range rules {
		t.Run(r.name, func(t *testing.T) { r.run(newTrial(t, t, patience)) })
	}
}

// run checks the rule. A panic here is most often the second Release of a frame.
func (r rule) run(tr *trial) {
	tr.Helper()
	if p := catch(func() { r.check(tr) }); p != nil {
		tr.Errorf("panicked: %v\n%s", p.value, p.stack)
	}
}

// newTrial sets a trial up and has it checked, at the end of all cleanups, that nothing is left over.
func newTrial(tb testing.TB, test *testing.T, patience time.Duration) *trial {
	tr := &trial{TB: tb, test: test, pool: pipeline.NewPool(), patience: patience}
	tr.pool.Poison()
	before := goroutines()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	tr.ctx = ctx
	tb.Cleanup(func() {
		defer cancel()
		if tr.abandoned || tb.Skipped() || tb.Failed() {
			return // what is left over then says nothing new
		}
		if err := before.gone(patience); err != nil {
			tb.Errorf("goroutines are left at the end: %v", err)
		}
		if n := tr.pool.Outstanding(); n != 0 {
			tb.Errorf("the pool misses %d frames at the end: somebody did not release them", n)
		}
	})
	return tr
}

// call runs fn, which calls into the plugin, and ends the rule when it panics or does not return.
func (tr *trial) call(what string, fn func()) {
	tr.Helper()
	done := make(chan *panicked, 1)
	go func() { done <- catch(fn) }()
	limit := time.NewTimer(2 * tr.patience) // the trial's own context is done well before
	defer limit.Stop()
	select {
	case p := <-done:
		if p != nil {
			tr.Fatalf("%s panicked: %v\n%s", what, p.value, p.stack)
		}
	case <-limit.C:
		tr.abandoned = true
		tr.Fatalf("%s does not return, although its context is done", what)
	}
}

type panicked struct {
	value any
	stack []byte
}

// catch runs fn and gives what it panicked with, or nil.
func catch(fn func()) (p *panicked) {
	defer func() {
		if v := recover(); v != nil {
			p = &panicked{value: v, stack: debug.Stack()}
		}
	}()
	fn()
	return nil
}

// releaseLater gives a reference of each frame back when the rule is through.
func (tr *trial) releaseLater(frames []*pipeline.Frame) {
	tr.Cleanup(func() {
		if tr.Failed() {
			return
		}
		if p := catch(func() { release(frames) }); p != nil {
			tr.Errorf("somebody released a frame that was only lent: %v", p.value)
		}
	})
}

// cancelled gives a context that is already done.
func (tr *trial) cancelled() context.Context {
	ctx, cancel := context.WithCancel(tr.ctx)
	cancel()
	return ctx
}

// config makes a config with the defaults, lets the case fill it in, and validates it.
func (tr *trial) config(spec pipeline.Spec, configure func(t *testing.T, cfg any)) any {
	tr.Helper()
	cfg := spec.Config()
	if configure != nil {
		configure(tr.test, cfg)
	}
	if v, ok := cfg.(interface{ Validate() error }); ok {
		if err := v.Validate(); err != nil {
			tr.Fatalf("the case's config is not valid: %v", err)
		}
	}
	return cfg
}

// steers reports whether the error is one of those by which a stage steers the runner.
func steers(err error, words ...error) bool {
	for _, w := range words {
		if errors.Is(err, w) {
			return true
		}
	}
	return false
}
