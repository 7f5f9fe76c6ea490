package pipelinetest

import (
	"context"

	"framewire/pipeline"
)

// filterTrial calls a filter as a worker of the runner does, each call bounded.
type filterTrial struct {
	tr     *trial
	filter pipeline.Filter
	given  int // frames that came out
	closed bool
}

func newFilterTrial(tr *trial, spec pipeline.Spec, cfg any, env pipeline.Env) *filterTrial {
	tr.Helper()
	ft := &filterTrial{tr: tr}
	var err error
	tr.call("New", func() { ft.filter, err = spec.NewFilter(cfg, env) })
	if err != nil {
		tr.Fatalf("New: %v", err)
	}
	tr.Cleanup(func() {
		if !ft.closed && !tr.abandoned { // the rule broke off
			catch(func() { _ = ft.filter.Close() })
		}
	})
	return ft
}

// try calls Apply once.
func (ft *filterTrial) try(ctx context.Context, in *pipeline.Frame) (*pipeline.Frame, error) {
	ft.tr.Helper()
	var out *pipeline.Frame
	var err error
	ft.tr.call("Apply", func() { out, err = ft.filter.Apply(ctx, in) })
	switch {
	case err == nil && out == nil:
		ft.tr.Fatalf("Apply gives neither a frame nor an error")
	case err != nil && out != nil:
		ft.tr.Fatalf("Apply gives a frame and the error %v", err)
	}
	return out, err
}

// apply calls Apply with a frame that the filter must be able to use; nil means that it was skipped.
func (ft *filterTrial) apply(ctx context.Context, in *pipeline.Frame) *pipeline.Frame {
	ft.tr.Helper()
	out, err := ft.try(ctx, in)
	switch {
	case steers(err, pipeline.ErrSkip):
		return nil
	case err != nil:
		ft.tr.Fatalf("Apply to %s: %v", in.Format, err)
	}
	ft.given++
	return out
}

func (ft *filterTrial) mustHaveGiven() {
	ft.tr.Helper()
	if ft.given == 0 {
		ft.tr.Errorf("no frame came out")
	}
}

func (ft *filterTrial) close() {
	ft.tr.Helper()
	ft.closed = true
	var err error
	ft.tr.call("Close", func() { err = ft.filter.Close() })
	if err != nil {
		ft.tr.Errorf("Close: %v", err)
	}
}
