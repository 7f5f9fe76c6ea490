package pipeline

import (
	"bytes"
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// noConfig is the config of the fakes.
type noConfig struct{}

// fakeSource is a source made of functions; the zero value ends at once.
type fakeSource struct {
	env      Env
	open     func(ctx context.Context) error
	read     func(ctx context.Context) (*Frame, error)
	closeErr error
	opened   int
	closed   int
}

func (s *fakeSource) Open(ctx context.Context) error {
	s.opened++
	if s.open == nil {
		return nil
	}
	return s.open(ctx)
}

func (s *fakeSource) Read(ctx context.Context) (*Frame, error) {
	if s.read == nil {
		return nil, ErrEnd
	}
	return s.read(ctx)
}

func (s *fakeSource) Close() error {
	s.closed++
	return s.closeErr
}

// count gives a Read that makes n frames of that format with their number in the first byte.
func (s *fakeSource) count(n int, format Format, lossless bool) {
	next := 0
	s.read = func(ctx context.Context) (*Frame, error) {
		if next == n {
			return nil, ErrEnd
		}
		f := s.env.Pool.Get(max(format.Bytes(), 16))
		f.Format, f.Lossless, f.Key = format, lossless, true
		f.Captured, f.PTS = time.Now(), time.Duration(next)*time.Millisecond
		f.Data[0], f.Data[1] = byte(next), byte(next>>8)
		next++
		return f, nil
	}
}

func number(f *Frame) int { return int(f.Data[0]) | int(f.Data[1])<<8 }

// fakeFilter copies frames and lets a function change the copy.
type fakeFilter struct {
	gives Format
	apply func(ctx context.Context, in, out *Frame) error
	close func() error
}

func (x *fakeFilter) Apply(ctx context.Context, f *Frame) (*Frame, error) {
	out := f.Derive(len(f.Data))
	copy(out.Data, f.Data)
	if x.gives.Codec != "" {
		out.Format.Codec, out.Format.Layout = x.gives.Codec, x.gives.Layout
	}
	if x.apply != nil {
		if err := x.apply(ctx, f, out); err != nil {
			out.Release()
			return nil, err
		}
	}
	return out, nil
}

func (x *fakeFilter) Close() error {
	if x.close == nil {
		return nil
	}
	return x.close()
}

// fakeSink notes what it was given.
type fakeSink struct {
	mu      sync.Mutex
	seqs    []uint64
	numbers []int
	formats []Format
	opened  int
	closed  int
	ended   int
	got     chan struct{} // one token a frame, when not nil

	open   func(ctx context.Context) error
	write  func(ctx context.Context, f *Frame) error
	wanted func() bool
}

func (s *fakeSink) Open(ctx context.Context) error {
	s.mu.Lock()
	s.opened++
	s.mu.Unlock()
	if s.open == nil {
		return nil
	}
	return s.open(ctx)
}

func (s *fakeSink) Write(ctx context.Context, f *Frame) error {
	if s.write != nil {
		if err := s.write(ctx, f); err != nil {
			return err
		}
	}
	s.mu.Lock()
	s.seqs = append(s.seqs, f.Seq)
	s.numbers = append(s.numbers, number(f))
	s.formats = append(s.formats, f.Format)
	s.mu.Unlock()
	if s.got != nil {
		s.got <- struct{}{}
	}
	return nil
}

func (s *fakeSink) End(context.Context) error { s.ended++; return nil }

func (s *fakeSink) Wanted() bool { return s.wanted == nil || s.wanted() }

func (s *fakeSink) Close() error {
	s.mu.Lock()
	s.closed++
	s.mu.Unlock()
	return nil
}

// seen gives how many frames were written so far.
func (s *fakeSink) seen() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.numbers)
}

// rig is a chain of fakes being put together.
type rig struct {
	t     *testing.T
	pool  *Pool
	chain Chain
	reg   *Registry
	log   *syncBuffer
	src   *fakeSource
}

type syncBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

func newRig(t *testing.T) *rig {
	t.Helper()
	r := &rig{t: t, pool: NewPool(), log: &syncBuffer{}, src: &fakeSource{}}
	r.pool.Poison()
	r.chain.Name = "test"
	r.source(AnyRaw)
	r.reg = mustRegistry(t, r.codec(KindDecoder, "jpeg"), r.codec(KindDecoder, "raw"), r.codec(KindEncoder, "jpeg"))
	return r
}

func mustRegistry(t *testing.T, specs ...Spec) *Registry {
	t.Helper()
	reg, err := NewRegistry(specs...)
	if err != nil {
		t.Fatal(err)
	}
	return reg
}

// source sets the input, which gives those formats.
func (r *rig) source(gives ...Format) {
	r.chain.Input = Node{Path: "source", Config: &noConfig{}, Spec: SourceSpec[noConfig]{
		Name:  "fake",
		Gives: func(*noConfig) []Format { return gives },
		New: func(_ *noConfig, env Env) (Source, error) {
			r.src.env = env
			return r.src, nil
		},
	}.Spec()}
}

// codec describes a fake encoder or decoder, which changes only what the format says.
func (r *rig) codec(kind Kind, name string) Spec {
	spec := FilterSpec[noConfig]{
		Kind: kind, Name: name,
		Workers: func(*noConfig) int { return 3 },
		New: func(_ *noConfig, env Env) (Filter, error) {
			return &fakeFilter{gives: env.Want[0]}, nil
		},
	}
	if kind == KindEncoder {
		spec.Gives = func(*noConfig) []Format { return []Format{{Codec: Codec(name)}} }
		spec.Accepts = func(*noConfig) []Format { return []Format{AnyRaw, {Codec: Codec(name)}} }
	}
	return spec.Spec()
}

// encode sets the encoder.
func (r *rig) encode(workers int, x func() *fakeFilter) {
	spec := FilterSpec[noConfig]{
		Kind: KindEncoder, Name: "jpeg",
		Gives:   func(*noConfig) []Format { return []Format{AnyJPEG} },
		Accepts: func(*noConfig) []Format { return []Format{AnyRaw, AnyJPEG} },
		Workers: func(*noConfig) int { return workers },
		New:     func(*noConfig, Env) (Filter, error) { return x(), nil },
	}
	r.chain.Encoder = &Node{Spec: spec.Spec(), Config: &noConfig{}, Path: "encoder"}
}

// filter adds a filter.
func (r *rig) filter(x *fakeFilter) {
	spec := FilterSpec[noConfig]{Name: "fake", New: func(*noConfig, Env) (Filter, error) { return x, nil }}
	r.chain.Filters = append(r.chain.Filters, Node{
		Spec: spec.Spec(), Config: &noConfig{}, Path: fmt.Sprintf("filters.%d", len(r.chain.Filters)),
	})
}

// sink adds an output that takes those formats.
func (r *rig) sink(q Queue, accepts ...Format) *fakeSink {
	sink := &fakeSink{}
	spec := SinkSpec[noConfig]{
		Name:    "fake",
		Accepts: func(*noConfig) []Format { return accepts },
		New:     func(*noConfig, Env) (Sink, error) { return sink, nil },
	}
	r.chain.Outputs = append(r.chain.Outputs, Node{
		Spec: spec.Spec(), Config: &noConfig{}, Queue: q, Path: fmt.Sprintf("sinks.%d", len(r.chain.Outputs)),
	})
	return sink
}

// runner plans and prepares the chain.
func (r *rig) runner() *Runner {
	r.t.Helper()
	plan, err := NewPlan(r.chain, r.reg)
	if err != nil {
		r.t.Fatal(err)
	}
	run, err := NewRunner(plan, Options{
		Pool: r.pool, Log: hclog.New(&hclog.LoggerOptions{Output: r.log, Level: hclog.Debug, DisableTime: true}),
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return run
}

// run runs the chain to its end and checks that no frame is left.
func (r *rig) run() (*Runner, error) {
	r.t.Helper()
	run := r.runner()
	err := run.Run(context.Background())
	r.settled()
	return run, err
}

func (r *rig) settled() {
	r.t.Helper()
	if n := r.pool.Outstanding(); n != 0 {
		r.t.Errorf("%d frames were not given back", n)
	}
}
