package pipelinetest

import (
	"testing"

	"framewire/pipeline"
)

// FilterCase is a filter, an encoder or a decoder and what its suite needs to know of it.
type FilterCase struct {
	Spec pipeline.Spec
	// Configure fills in what has no default. It runs before each rule, with a config of its own.
	Configure func(t *testing.T, cfg any)
	// Want is Env.Want: for an encoder or decoder the pattern to produce. Where it is nil an encoder is
	// asked for what Gives says, and a decoder for pixels in any layout.
	Want []pipeline.Format
	// Inputs makes the frames that go in, all of which the filter must be able to use (it may skip some).
	// Where it is nil they are made from what the spec accepts, in several sizes. The suite releases them.
	Inputs func(p *pipeline.Pool) []*pipeline.Frame
	// Allocs is how many allocations one Apply may cost in the steady state: 0 means 16, below 0 any.
	Allocs int
}

// Filter checks a filter, an encoder or a decoder against the rules of pipeline.Filter.
func Filter(t *testing.T, c FilterCase) {
	t.Helper()
	runRules(t, filterRules(c))
}

func filterRules(c FilterCase) []rule {
	rules := specRules(c.Spec, pipeline.KindFilter, pipeline.KindEncoder, pipeline.KindDecoder)
	if c.Spec.Missing != "" {
		return rules
	}
	return append(rules,
		constructorRule("New", func(tr *trial) func() {
			cfg := tr.config(c.Spec, c.Configure)
			return func() { c.with(tr, cfg).close() }
		}),
		rule{"frames come out that are valid and match what was asked for", c.outputsAreValid},
		rule{"Stream, Seq, Captured, PTS, Key, Lossless and Meta survive", c.headersSurvive},
		rule{"Apply keeps its input untouched", c.inputsStay},
		rule{"what came out outlives what went in", c.outputsOutlive},
		rule{"what came out stays as it was", c.outputsStay},
		rule{"a done context does not hold Apply up", c.doneContext},
		rule{"a garbage frame gives ErrSkip or an error, never a panic", c.garbage},
		rule{"a smaller picture for a view is not smaller than that, and keeps the whole one", c.viewIsHonoured},
		rule{"two of a kind work side by side", c.sideBySide},
		rule{"Close without a frame", func(tr *trial) { c.make(tr).close() }},
		rule{allocsRule(c.Allocs), c.allocates},
	)
}

func (c FilterCase) make(tr *trial) *filterTrial {
	tr.Helper()
	return c.with(tr, tr.config(c.Spec, c.Configure))
}

func (c FilterCase) with(tr *trial, cfg any) *filterTrial {
	tr.Helper()
	env := Env(tr, tr.pool)
	env.Want = c.want(cfg)
	return newFilterTrial(tr, c.Spec, cfg, env)
}

// want is the pattern to ask for.
func (c FilterCase) want(cfg any) []pipeline.Format {
	switch {
	case c.Want != nil:
		return c.Want
	case c.Spec.Kind == pipeline.KindEncoder:
		return c.Spec.Gives(cfg)
	case c.Spec.Kind == pipeline.KindDecoder:
		return []pipeline.Format{pipeline.AnyRaw}
	}
	return nil
}

// patterns is what the outputs must match; nil where nothing is promised.
func (c FilterCase) patterns(cfg any) []pipeline.Format {
	if c.Spec.Kind == pipeline.KindFilter {
		return c.Spec.Gives(cfg)
	}
	return c.want(cfg)
}

// accepts is the patterns that inputs may have.
func (c FilterCase) accepts(cfg any) []pipeline.Format {
	if accepts := c.Spec.Accepts(cfg); accepts != nil {
		return accepts
	}
	return []pipeline.Format{pipeline.AnyRaw}
}

// inputs makes the frames of the case and has them released at the end.
func (c FilterCase) inputs(tr *trial) []*pipeline.Frame {
	tr.Helper()
	var list []*pipeline.Frame
	if c.Inputs != nil {
		list = c.Inputs(tr.pool)
	} else {
		for _, pattern := range c.accepts(tr.config(c.Spec, c.Configure)) {
			for _, format := range examples(pattern) {
				list = append(list, Frame(tr.pool, format, uint64(len(list))))
			}
		}
	}
	if len(list) == 0 {
		tr.Fatalf("there are no frames to put in: set Inputs")
	}
	tr.releaseLater(list)
	return list
}
