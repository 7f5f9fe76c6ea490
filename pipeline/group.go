package pipeline

import (
	"context"
	"errors"
	"sync"
)

// Group is all pipelines of a process. They are independent of one another: one that fails or ends leaves
// the others running.
type Group struct {
	runners []*Runner
}

// NewGroup gives a group of prepared pipelines.
func NewGroup(runners ...*Runner) *Group { return &Group{runners: runners} }

// Runners lists the pipelines in the order of the config.
func (g *Group) Runners() []*Runner { return g.runners }

// Run runs all pipelines until each is over and joins their failures.
func (g *Group) Run(ctx context.Context) error {
	errs := make([]error, len(g.runners))
	var wg sync.WaitGroup
	for i, r := range g.runners {
		wg.Go(func() {
			if err := r.Run(ctx); err != nil {
				r.log.Error("failed", "error", err)
				errs[i] = &PipelineError{Pipeline: r.Name(), Err: err}
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

// Stop stops every pipeline as Runner.Stop does.
func (g *Group) Stop() {
	for _, r := range g.runners {
		r.Stop()
	}
}

// End ends every pipeline as Runner.End does.
func (g *Group) End() {
	for _, r := range g.runners {
		r.End()
	}
}

// Control hands a command to every pipeline, and reports whether anybody listens.
func (g *Group) Control(cmd Command) bool {
	heard := false
	for _, r := range g.runners {
		heard = r.control.Send(cmd) || heard
	}
	return heard
}

// PipelineError is a pipeline's failure.
type PipelineError struct {
	Pipeline string
	Err      error
}

// Error names the pipeline and what went wrong.
func (e *PipelineError) Error() string { return "pipeline " + e.Pipeline + ": " + e.Err.Error() }

// Unwrap gives the stage's error.
func (e *PipelineError) Unwrap() error { return e.Err }
