package pipeline

import (
	"context"
	"sync/atomic"
	"testing"
)

// viewSink is a sink that shows pictures in that size.
type viewSink struct {
	fakeSink
	w, h int
}

func (s *viewSink) View() (int, int) { return s.w, s.h }

// reducer is a decoder that halves pictures as long as the view allows, and notes the last view.
type reducer struct {
	env  Env
	seen *atomic.Value // of [2]int; workers share it
}

func (x reducer) Apply(_ context.Context, f *Frame) (*Frame, error) {
	out := f.Derive(small.Bytes())
	out.Format = small
	if x.env.View != nil {
		w, h := x.env.View()
		if x.seen.Store([2]int{w, h}); w > 0 {
			out.ReduceFrom(f)
		}
	}
	copy(out.Data, f.Data[:2])
	return out, nil
}

func (reducer) Close() error { return nil }

// TestViewIsTheLargestOfAll asks a decoder for pictures that suit all outputs which share it, and for whole ones
// where an output keeps them or a filter stands between.
func TestViewIsTheLargestOfAll(t *testing.T) {
	for _, c := range []struct {
		name   string
		views  [][2]int
		other  bool // an output that is no viewer
		filter bool
		want   [2]int
	}{
		{"one window", [][2]int{{960, 540}}, false, false, [2]int{960, 540}},
		{"two windows", [][2]int{{960, 540}, {100, 800}}, false, false, [2]int{960, 800}},
		{"one wants all", [][2]int{{960, 540}, {0, 0}}, false, false, [2]int{}},
		{"a window and a snapshot", [][2]int{{960, 540}}, true, false, [2]int{}},
		{"behind a filter", [][2]int{{960, 540}}, false, true, [2]int{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t)
			r.source(AnyJPEG)
			r.src.count(3, JPEG(4, 4), true)
			var seen atomic.Value
			seen.Store([2]int{})
			r.reg = mustRegistry(t, FilterSpec[noConfig]{
				Kind: KindDecoder, Name: "jpeg",
				New: func(_ *noConfig, env Env) (Filter, error) { return reducer{env, &seen}, nil },
			}.Spec())
			if c.filter {
				r.filter(&fakeFilter{})
			}
			var whole atomic.Int64 // counted by all windows
			for _, view := range c.views {
				sink := &viewSink{w: view[0], h: view[1]}
				var env Env
				sink.write = func(ctx context.Context, f *Frame) error {
					if f.Whole() == nil {
						return nil
					}
					full, err := env.Decode(ctx, f.Whole())
					if err != nil {
						return err
					}
					defer full.Release()
					if f.Whole().Format != JPEG(4, 4) || full.Whole() != nil || number(full) != number(f) {
						t.Errorf("frame %d is a part of %s, which decodes to frame %d", number(f), f.Whole().Format, number(full))
					}
					whole.Add(1)
					return nil
				}
				r.output(AnyRaw, func(e Env) Sink { env = e; return sink })
			}
			if c.other {
				r.sink(Queue{}, AnyRaw)
			}
			if _, err := r.run(); err != nil {
				t.Fatal(err)
			}
			if got := seen.Load(); got != c.want {
				t.Errorf("the decoder was asked for %v, want %v", got, c.want)
			}
			if wanted := c.want[0] > 0; wanted != (whole.Load() > 0) {
				t.Errorf("%d frames were decoded again in full", whole.Load())
			}
		})
	}
}

// output adds an output that takes that format.
func (r *rig) output(accepts Format, make func(Env) Sink) {
	spec := SinkSpec[noConfig]{
		Name:    "view",
		Accepts: func(*noConfig) []Format { return []Format{accepts} },
		New:     func(_ *noConfig, env Env) (Sink, error) { return make(env), nil },
	}
	r.chain.Outputs = append(r.chain.Outputs, Node{Spec: spec.Spec(), Config: &noConfig{}, Path: "sinks"})
}

// TestReducedFramesKeepTheWholeOne gives the encoded frame back with the last frame that was made of it.
func TestReducedFramesKeepTheWholeOne(t *testing.T) {
	p := NewPool()
	whole := p.Get(8)
	f := whole.Derive(4)
	f.ReduceFrom(whole)
	whole.Release()
	shared := f.Share()
	f.Release()
	if shared.Whole() != whole || len(whole.Data) != 8 {
		t.Error("a shared frame has lost the whole picture")
	}
	shared.Release()
	if n := p.Outstanding(); n != 0 {
		t.Errorf("%d frames were not given back", n)
	}
}
