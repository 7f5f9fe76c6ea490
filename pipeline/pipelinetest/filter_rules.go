package pipelinetest

import (
	"slices"
	"sync"
	"time"

	"framewire/pipeline"
)

func (c FilterCase) outputsAreValid(tr *trial) {
	patterns := c.patterns(tr.config(c.Spec, c.Configure))
	ft := c.make(tr)
	c.untilGiven(tr, ft, func(i int, in, out *pipeline.Frame) {
		if err := valid(out); err != nil {
			tr.Errorf("from input %d of %s: %v", i, in.Format, err)
		}
		if !matchesAny(out.Format, patterns) {
			tr.Errorf("from input %d of %s came %s, which is none of %v", i, in.Format, out.Format, patterns)
		}
	})
	ft.close()
}

// mostRounds is how often the inputs are put into a filter that drops frames by design.
const mostRounds = 50

// untilGiven puts all inputs in and looks at what comes out, which must be something. A filter, which may
// pass one frame of many or one in a while, gets them again with later times until then.
func (c FilterCase) untilGiven(tr *trial, ft *filterTrial, look func(i int, in, out *pipeline.Frame)) {
	tr.Helper()
	rounds := 1
	if c.Spec.Kind == pipeline.KindFilter {
		rounds = mostRounds
	}
	ft.given = 0
	for round := 0; round < rounds && ft.given == 0; round++ {
		for i, in := range c.inputs(tr) {
			in.PTS += time.Duration(round) * time.Second
			if out := ft.apply(tr.ctx, in); out != nil {
				look(i, in, out)
				out.Release()
			}
		}
	}
	ft.mustHaveGiven()
}

func (c FilterCase) headersSurvive(tr *trial) {
	ft := c.make(tr)
	for i, in := range c.inputs(tr) {
		in.Stream = pipeline.StreamID{1, 2, 3, 4, 5, 15: 6}
		in.Lossless = i%2 == 0
		in.Meta = pipeline.Meta{Name: "photo ä.jpg", Rotation: 90 * (i % 4)}
		before := headerOf(in)
		out := ft.apply(tr.ctx, in)
		if out == nil {
			continue
		}
		if what := before.differs(headerOf(out)); what != "" {
			tr.Errorf("from input %d of %s: %s", i, in.Format, what)
		}
		out.Release()
	}
	ft.close()
}

func (c FilterCase) inputsStay(tr *trial) {
	inputs := c.inputs(tr)
	before := seals(inputs)
	ft := c.make(tr)
	var outputs []*pipeline.Frame
	for i, in := range inputs {
		if out := ft.apply(tr.ctx, in); out != nil {
			outputs = append(outputs, out)
		}
		if what := before[i].broken(in); what != "" {
			tr.Errorf("input %d of %s after Apply: %s", i, in.Format, what)
		}
	}
	release(outputs)
	ft.close()
	for i, in := range inputs {
		if what := before[i].broken(in); what != "" {
			tr.Errorf("input %d of %s at the end: %s", i, in.Format, what)
		}
	}
}

// outputsOutlive gives each input back, which poisons it, before it looks at what was made of it.
func (c FilterCase) outputsOutlive(tr *trial) {
	ft := c.make(tr)
	inputs := c.inputs(tr)
	for i, in := range inputs {
		own := in.Derive(len(in.Data))
		copy(own.Data, in.Data)
		out := ft.apply(tr.ctx, own)
		if out == nil {
			own.Release()
			continue
		}
		before := sealOf(out)
		own.Release()
		if what := before.broken(out); what != "" {
			tr.Errorf("from input %d of %s, after that was released: %s", i, in.Format, what)
		}
		out.Release()
	}
	ft.close()
}

func (c FilterCase) outputsStay(tr *trial) {
	ft := c.make(tr)
	var outputs []*pipeline.Frame
	var before []seal
	for _, in := range c.inputs(tr) {
		if out := ft.apply(tr.ctx, in); out != nil {
			outputs, before = append(outputs, out), append(before, sealOf(out))
		}
	}
	for _, in := range c.inputs(tr) {
		if out := ft.apply(tr.ctx, in); out != nil {
			out.Release()
		}
	}
	ft.close()
	for i, out := range outputs {
		if what := before[i].broken(out); what != "" {
			tr.Errorf("output %d of %s, when more came through: %s", i, out.Format, what)
		}
	}
	release(outputs)
}

func (c FilterCase) doneContext(tr *trial) {
	ft := c.make(tr)
	for _, in := range c.inputs(tr) {
		if out, err := ft.try(tr.cancelled(), in); err == nil {
			out.Release()
		}
	}
	ft.close()
}

// sideBySide runs two filters on the same frames at once, as two workers do; the race detector watches.
func (c FilterCase) sideBySide(tr *trial) {
	inputs := c.inputs(tr)
	filters := []*filterTrial{c.make(tr), c.make(tr)}
	made := make([][]seal, len(filters))
	tr.call("Apply", func() {
		var group sync.WaitGroup
		for i, ft := range filters {
			group.Go(func() {
				for _, in := range inputs {
					out, err := ft.filter.Apply(tr.ctx, in)
					if err == nil && out != nil {
						made[i] = append(made[i], sealOf(out))
						out.Release()
					}
				}
			})
		}
		group.Wait()
	})
	if c.Spec.Kind != pipeline.KindFilter && !slices.Equal(made[0], made[1]) {
		tr.Errorf("two %ss with the same config made different frames of the same inputs", c.Spec.Kind)
	}
	for _, ft := range filters {
		ft.close()
	}
}

func (c FilterCase) allocates(tr *trial) {
	ft := c.make(tr)
	in := c.inputs(tr)[0]
	var failed error
	step := func() {
		out, err := ft.filter.Apply(tr.ctx, in)
		if err == nil {
			out.Release()
		} else if !steers(err, pipeline.ErrSkip) {
			failed = err
		}
	}
	step()
	atMost(tr, c.Allocs, 20, step)
	if failed != nil {
		tr.Errorf("in the steady state: %v", failed)
	}
	ft.close()
}
