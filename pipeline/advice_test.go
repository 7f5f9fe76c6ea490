package pipeline

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
)

// advising adds an output that gives this advice when it opens.
func (r *rig) advising(advice Advice, accepts ...Format) *fakeSink {
	sink := r.sink(Queue{Size: 100}, accepts...)
	node := &r.chain.Outputs[len(r.chain.Outputs)-1]
	node.Spec = SinkSpec[noConfig]{
		Name:    "fake",
		Accepts: func(*noConfig) []Format { return accepts },
		New: func(_ *noConfig, env Env) (Sink, error) {
			sink.open = func(context.Context) error { env.Advise(advice); return nil }
			return sink, nil
		},
	}.Spec()
	return sink
}

// follow sets an encoder that notes the frames it encodes and the quality it is advised.
func (r *rig) follow() (numbers *[]int, qualities *[]int) {
	numbers, qualities = new([]int), new([]int)
	r.encode(1, func() *fakeFilter { return nil })
	spec := FilterSpec[noConfig]{
		Kind: KindEncoder, Name: "jpeg",
		Gives:   func(*noConfig) []Format { return []Format{AnyJPEG} },
		Accepts: func(*noConfig) []Format { return []Format{AnyRaw, AnyJPEG} },
		New: func(_ *noConfig, env Env) (Filter, error) {
			return &fakeFilter{gives: AnyJPEG, apply: func(_ context.Context, in, _ *Frame) error {
				*numbers = append(*numbers, number(in))
				*qualities = append(*qualities, env.Advice().Quality)
				return nil
			}}, nil
		},
	}
	r.chain.Encoder.Spec = spec.Spec()
	return numbers, qualities
}

// paced lets each frame go through the chain before the next one is read, so that no edge drops any.
func (r *rig) paced() {
	read := r.src.read
	r.src.read = func(ctx context.Context) (*Frame, error) {
		synctest.Wait()
		return read(ctx)
	}
}

func TestAdvice(t *testing.T) {
	tests := []struct {
		name     string
		lossless bool
		advice   []Advice
		encoded  []int
		quality  int
		got      [][]int
		skipped  []uint64
	}{
		{
			name: "one output", advice: []Advice{{Quality: 40, Every: 3}},
			encoded: []int{0, 3, 6}, quality: 40, got: [][]int{{0, 3, 6}}, skipped: []uint64{5},
		},
		{
			name: "an output without advice keeps every frame", advice: []Advice{{Quality: 40, Every: 3}, {}},
			encoded: []int{0, 1, 2, 3, 4, 5, 6, 7}, quality: 40, got: [][]int{{0, 3, 6}, {0, 1, 2, 3, 4, 5, 6, 7}},
			skipped: []uint64{5, 0},
		},
		{
			name: "the least quality, and frames that one of them takes", advice: []Advice{{Quality: 70, Every: 2}, {Quality: 30, Every: 4}},
			encoded: []int{0, 2, 4, 6}, quality: 30, got: [][]int{{0, 2, 4, 6}, {0, 4}}, skipped: []uint64{4, 6},
		},
		{
			name: "a lossless stream is not thinned out", lossless: true, advice: []Advice{{Quality: 40, Every: 3}},
			encoded: []int{0, 1, 2, 3, 4, 5, 6, 7}, quality: 40, got: [][]int{{0, 1, 2, 3, 4, 5, 6, 7}}, skipped: []uint64{0},
		},
		{
			name: "advice out of range asks for nothing", advice: []Advice{{Quality: -1, Every: -2}},
			encoded: []int{0, 1, 2, 3, 4, 5, 6, 7}, quality: 100, got: [][]int{{0, 1, 2, 3, 4, 5, 6, 7}}, skipped: []uint64{0},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t)
				r.src.count(8, small, tt.lossless)
				r.paced()
				encoded, qualities := r.follow()
				var sinks []*fakeSink
				for _, advice := range tt.advice {
					sinks = append(sinks, r.advising(advice))
				}
				run, err := r.run()
				if err != nil {
					t.Fatal(err)
				}
				if !slices.Equal(*encoded, tt.encoded) {
					t.Errorf("encoded %v, want %v", *encoded, tt.encoded)
				}
				if slices.ContainsFunc(*qualities, func(q int) bool { return q != tt.quality }) {
					t.Errorf("qualities %v, want %d", *qualities, tt.quality)
				}
				for i, sink := range sinks {
					if !slices.Equal(sink.numbers, tt.got[i]) {
						t.Errorf("output %d got %v, want %v", i, sink.numbers, tt.got[i])
					}
					rep := run.Report().Stages[2+i]
					if rep.Dropped != 0 {
						t.Errorf("output %d dropped %d", i, rep.Dropped)
					}
					if rep.AdviceReport != nil && rep.Skipped != tt.skipped[i] || rep.AdviceReport == nil && tt.skipped[i] != 0 {
						t.Errorf("output %d reports %+v, want %d skipped", i, rep.AdviceReport, tt.skipped[i])
					}
				}
			})
		})
	}
}

func TestAdviceReachesEncodersThatTheChainPutIn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.src.count(4, small, false)
		r.paced()
		wants := r.advising(Advice{Quality: 25, Every: 2}, AnyJPEG)
		all := r.sink(Queue{Size: 100}, AnyRaw)
		run, err := r.run()
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(wants.numbers, []int{0, 2}) || !slices.Equal(all.numbers, []int{0, 1, 2, 3}) {
			t.Errorf("the output behind the encoder got %v, the other %v", wants.numbers, all.numbers)
		}
		if s := run.steps[0]; s.behind.advice() != (Advice{Quality: 100, Every: 1}) {
			t.Errorf("an output that is over still advises %+v", s.behind.advice())
		}
	})
}

func TestAdviceIsReportedOnceItWasGiven(t *testing.T) {
	var a adviser
	a.advise(Advice{Quality: 100})
	if a.report() != nil {
		t.Error("advice that asks for nothing is reported")
	}
	for _, q := range []int{80, 30, 60} {
		a.advise(Advice{Quality: q, Every: 2})
	}
	text, err := json.Marshal(StageReport{Kind: KindSend, Type: "udp", AdviceReport: a.report()})
	if err != nil {
		t.Fatal(err)
	}
	if want := `"reconnects":0,"quality":60,"quality_lowest":30,"every":2,"skipped":0}`; !strings.HasSuffix(string(text), want) {
		t.Errorf("report %s does not end in %s", text, want)
	}
	a.advise(Advice{})
	if got := a.advice(); got != (Advice{Quality: 100, Every: 1}) {
		t.Errorf("advice taken back leaves %+v", got)
	}
	if got := testing.AllocsPerRun(100, func() { a.advise(Advice{}) }); got != 0 {
		t.Errorf("the same advice again allocates %v times", got)
	}
	text, err = json.Marshal(StageReport{})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), "quality") {
		t.Errorf("a stage that never advised reports %s", text)
	}
}
