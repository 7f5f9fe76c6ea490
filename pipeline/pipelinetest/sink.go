package pipelinetest

import (
	"testing"

	"framewire/pipeline"
)

// SinkCase is a sink and what its suite needs to know of it.
type SinkCase struct {
	Spec pipeline.Spec
	// Configure fills in what has no default. It runs before each rule, with a config of its own: a sink
	// that writes files gets a new folder each time.
	Configure func(t *testing.T, cfg any)
	// Inputs makes the frames of one stream, which the sink must take (it may skip some). Where it is nil
	// they are eight frames of the format that the spec accepts first. The suite releases them.
	Inputs func(p *pipeline.Pool) []*pipeline.Frame
	// Main lends the sink the process's first thread; it may be nil.
	Main pipeline.MainThread
	// Allocs is how many allocations one Write may cost in the steady state: 0 means 16, below 0 any.
	Allocs int
}

// Sink checks a sink against the rules of pipeline.Sink. The sending end of a transport has a suite of
// its own, Transport.
func Sink(t *testing.T, c SinkCase) {
	t.Helper()
	runRules(t, sinkRules(c))
}

func sinkRules(c SinkCase) []rule {
	rules := specRules(c.Spec, pipeline.KindSink, pipeline.KindSend)
	if c.Spec.Missing != "" {
		return rules
	}
	return append(rules,
		constructorRule("New", func(tr *trial) func() {
			cfg := tr.config(c.Spec, c.Configure)
			return func() { c.with(tr, cfg) }
		}),
		rule{"open, write, end, close", c.writesToTheEnd},
		rule{"open, write, close without an end", c.writesAndBreaksOff},
		rule{"every format that it accepts is taken", c.takesWhatItAccepts},
		rule{"Write keeps its frame untouched", c.framesStay},
		rule{"a frame that is kept is retained", c.keptIsRetained},
		rule{"a picture of another size midway is taken or refused", c.otherSize},
		rule{"a garbage frame is taken or refused, never a panic", c.garbage},
		rule{"a done context does not hold Write up", c.doneContext},
		rule{"a done context does not hold Open up", func(tr *trial) {
			s := c.make(tr)
			if s.openWith(tr.cancelled()) == nil {
				s.close()
			}
		}},
		rule{"Close right after Open", func(tr *trial) {
			s := c.make(tr)
			s.open()
			s.close()
		}},
		rule{"opens again after Close, or says why not", c.reopens},
		rule{"Wanted may be asked from anywhere", c.wanted},
		rule{allocsRule(c.Allocs), c.allocates},
	)
}

func (c SinkCase) make(tr *trial) *sinkTrial {
	tr.Helper()
	return c.with(tr, tr.config(c.Spec, c.Configure))
}

func (c SinkCase) with(tr *trial, cfg any) *sinkTrial {
	tr.Helper()
	env := Env(tr, tr.pool)
	env.Main = c.Main
	return newSinkTrial(tr, c.Spec, cfg, env)
}

// accepts is the pattern of the frames that the suite makes itself.
func (c SinkCase) accepts(tr *trial) []pipeline.Format {
	tr.Helper()
	accepts := c.Spec.Accepts(tr.config(c.Spec, c.Configure))
	if accepts == nil {
		return []pipeline.Format{pipeline.AnyJPEG, pipeline.AnyRaw}
	}
	return accepts
}

// inputs makes the frames of the case and has them released at the end.
func (c SinkCase) inputs(tr *trial) []*pipeline.Frame {
	tr.Helper()
	list := c.frames(tr, tr.pool)
	tr.releaseLater(list)
	return list
}

func (c SinkCase) frames(tr *trial, pool *pipeline.Pool) []*pipeline.Frame {
	tr.Helper()
	if c.Inputs != nil {
		list := c.Inputs(pool)
		if len(list) == 0 {
			tr.Fatalf("Inputs gives no frames")
		}
		return list
	}
	formats := examples(c.accepts(tr)[0])
	if len(formats) == 0 {
		tr.Fatalf("there are no frames of the codec to put in: set Inputs")
	}
	return lossless(Frames(pool, formats[0], 8))
}

// lossless marks the frames as a stream that must arrive whole.
func lossless(frames []*pipeline.Frame) []*pipeline.Frame {
	for _, f := range frames {
		f.Lossless = true
	}
	return frames
}
