package pipeline

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"
)

// How long an ordered end may take before what is left is cancelled, and how long a cancelled stage may
// take to return before it is left behind. Together they stay below the two seconds in which a signal
// must have ended the program.
const (
	drainLimit  = 900 * time.Millisecond
	cancelLimit = 400 * time.Millisecond
)

// stopReason tells why a pipeline winds down.
type stopReason int

const (
	running  stopReason = iota
	stopEnd             // the stream came to its end
	stopHalt            // somebody asked for it
	stopFail            // a stage failed
)

// State is how a pipeline stands, as reports have it.
type State string

// The states of a pipeline.
const (
	StateWaiting State = "waiting" // not started
	StateRunning State = "running"
	StateEnded   State = "ended"   // the stream came to its end
	StateStopped State = "stopped" // stopped from outside
	StateFailed  State = "failed"
)

// Options is what a Runner needs besides its plan.
type Options struct {
	Log  hclog.Logger // nil: no logs
	Pool *Pool        // nil: one of its own
	Main MainThread   // nil: stages that need the first thread fail to open
	Bar  bool         // a source's Progress is shown to the user as it goes
}

// Runner runs one pipeline, once.
type Runner struct {
	plan *Plan
	opts Options
	log  hclog.Logger

	control *Control
	stream  StreamID
	stages  []*stage // in the order of the chain
	input   *input
	steps   []*step
	outputs []*output
	edges   []*edge
	lat     Latencies
	record  func(time.Duration) // lat.Record
	trips   sync.Pool           // that are over, for the next pictures
	recent  latencyWindow

	hard       context.Context // done: everything returns at once
	hardCancel context.CancelCauseFunc
	soft       context.Context // done: the source stops
	softCancel context.CancelFunc

	mu      sync.Mutex
	why     stopReason
	state   State
	err     error
	started time.Time
	ended   time.Time
	left    int             // outputs that still want frames
	halted  bool            // Stop was called, also after the stream's own end
	active  map[*stage]bool // stages whose goroutine runs
}

// NewRunner prepares a pipeline: it makes the plugins, which does no I/O.
func NewRunner(plan *Plan, opts Options) (*Runner, error) {
	if opts.Log == nil {
		opts.Log = hclog.NewNullLogger()
	}
	if opts.Pool == nil {
		opts.Pool = NewPool()
	}
	r := &Runner{
		plan: plan, opts: opts, log: opts.Log.Named(plan.Chain.Name),
		state: StateWaiting, active: make(map[*stage]bool), control: NewControl(),
	}
	r.record = r.lat.Record
	if _, err := rand.Read(r.stream[:]); err != nil {
		return nil, fmt.Errorf("draw a stream identity: %w", err)
	}
	r.hard, r.hardCancel = context.WithCancelCause(context.Background())
	r.soft, r.softCancel = context.WithCancel(r.hard)
	if err := r.build(); err != nil {
		return nil, fmt.Errorf("pipeline %s: %w", plan.Chain.Name, err)
	}
	return r, nil
}

// Name is the pipeline's name.
func (r *Runner) Name() string { return r.plan.Chain.Name }

// Plan gives what the runner was made of.
func (r *Runner) Plan() *Plan { return r.plan }

// Control is how the user's wishes reach the pipeline's stages.
func (r *Runner) Control() *Control { return r.control }

// Run runs the pipeline until its stream ends, it is stopped, or a stage fails, and returns the failure.
// When ctx is done, everything is cancelled at once.
func (r *Runner) Run(ctx context.Context) error {
	defer context.AfterFunc(ctx, func() {
		r.stop(stopHalt)
		r.hardCancel(context.Cause(ctx))
	})()
	defer r.hardCancel(errors.New("pipeline is over"))
	r.mu.Lock()
	r.state, r.started = StateRunning, time.Now()
	r.mu.Unlock()
	r.log.Debug("starting", "stream", r.stream)

	var wg sync.WaitGroup
	for _, o := range r.outputs {
		if r.soft.Err() != nil {
			break // the one before could not be opened, or somebody stopped us already
		}
		r.spawn(&wg, o.stage, func() { o.run(r.hard) })
		select {
		case <-o.opened:
		case <-r.soft.Done():
		}
	}
	for _, s := range r.steps {
		r.spawn(&wg, s.stage, func() { s.run(r.hard) })
	}
	r.spawn(&wg, r.input.stage, func() { r.input.run(r.soft) })
	stopWatching := r.watchDrops()

	r.wait(&wg)
	stopWatching()
	return r.finish()
}

// spawn runs a stage's goroutine and remembers who has not returned.
func (r *Runner) spawn(wg *sync.WaitGroup, s *stage, run func()) {
	r.mu.Lock()
	r.active[s] = true
	r.mu.Unlock()
	wg.Go(func() {
		run()
		r.mu.Lock()
		delete(r.active, s)
		r.mu.Unlock()
	})
}

// wait waits for all stages: without limit while the stream runs or, after its own end, drains; within
// the limits once it was stopped.
func (r *Runner) wait(wg *sync.WaitGroup) {
	done := make(chan struct{})
	go func() {
		wg.Wait()
		close(done)
	}()
	select {
	case <-done:
		return
	case <-r.hard.Done():
	}
	select {
	case <-done:
	case <-time.After(cancelLimit):
		r.mu.Lock()
		for s := range r.active {
			r.log.Warn("stage does not return and is left behind", "stage", s.name())
		}
		r.mu.Unlock()
	}
}

// finish settles the final state.
func (r *Runner) finish() error {
	r.account()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ended = time.Now()
	switch {
	case r.err != nil:
		r.state = StateFailed
	case r.why == stopHalt, r.halted && r.hard.Err() != nil: // stopped while what was left was still written
		r.state = StateStopped
	default:
		r.state = StateEnded
	}
	if len(r.active) == 0 {
		for _, e := range r.edges {
			e.drain()
		}
	}
	return r.err
}

// account asks the source whether all was delivered. Where the pipeline has failed already, for another
// reason, the answer is told beside it.
func (r *Runner) account() {
	a, ok := r.input.source.(Accounter)
	if !ok {
		return
	}
	r.mu.Lock()
	stuck, failed := r.active[r.input.stage], r.err != nil
	r.mu.Unlock()
	err := errUnaccounted
	if !stuck {
		err = r.input.guard(a.Account)
	}
	switch {
	case err != nil && failed:
		r.input.log.Error("not everything was delivered", "cause", err)
	case err != nil:
		r.fail(r.input.stage, err)
	}
}

// Stop winds the pipeline down: the source stops, what is in flight is written, everything is closed.
// After drainLimit what is left is cancelled. It returns at once; Run returns when it is done.
func (r *Runner) Stop() { r.stopWithin(stopHalt) }

// End is Stop for a stream that is complete: receivers are told that nothing more will come.
func (r *Runner) End() { r.stopWithin(stopEnd) }

func (r *Runner) stopWithin(why stopReason) {
	r.stop(why)
	time.AfterFunc(drainLimit, func() { r.hardCancel(errors.New("stopped, and the time to finish is over")) })
}

// stop notes the first reason and stops the source.
func (r *Runner) stop(why stopReason) {
	r.mu.Lock()
	if r.why == running || r.why == stopEnd && why == stopFail {
		r.why = why
	}
	r.halted = r.halted || why == stopHalt
	r.mu.Unlock()
	r.softCancel()
}

func (r *Runner) reason() stopReason {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.why
}

// fail notes the first error, with the stage's name on it, and winds the pipeline down.
func (r *Runner) fail(s *stage, err error) {
	err = s.wrap(err)
	var p *PanicError
	if errors.As(err, &p) {
		r.log.Error("stage panicked", "stage", p.Stage, "value", p.Value, "stack", string(p.Stack))
	}
	r.mu.Lock()
	if r.err == nil {
		r.err = err
	}
	r.mu.Unlock()
	r.stopWithin(stopFail)
}

// outputDone notes that an output wants no more, and gives how many still do; after the last one the pipeline
// ends.
func (r *Runner) outputDone() (left int) {
	r.mu.Lock()
	r.left--
	left = r.left
	r.mu.Unlock()
	if left == 0 {
		r.End()
	}
	return left
}

// giveUp takes a frame out of the chain: written or not, it goes no further.
func (r *Runner) giveUp(f *Frame) {
	f.trip.finish()
	f.Release()
}

func (r *Runner) now() time.Time { return time.Now() }
