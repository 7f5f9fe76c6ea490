package pipeline

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

var small = Raw(LayoutBGR, 4, 4)

func inOrder(t *testing.T, numbers []int, want int) {
	t.Helper()
	if len(numbers) != want {
		t.Fatalf("%d frames arrived, want %d", len(numbers), want)
	}
	for i, n := range numbers {
		if n != i {
			t.Fatalf("frame %d came at place %d", n, i)
		}
	}
}

func TestLosslessChainKeepsEveryFrameInOrder(t *testing.T) {
	for _, workers := range []int{1, 2, 5} {
		t.Run(fmt.Sprintf("%d workers", workers), func(t *testing.T) {
			r := newRig(t)
			r.src.count(500, small, true)
			var calls atomic.Int64
			r.encode(workers, func() *fakeFilter {
				return &fakeFilter{gives: AnyJPEG, apply: func(context.Context, *Frame, *Frame) error {
					for range calls.Add(1) * 7919 % 5000 { // workers finish out of turn
					}
					return nil
				}}
			})
			a, b := r.sink(Queue{}), r.sink(Queue{Size: 1})
			run, err := r.run()
			if err != nil {
				t.Fatal(err)
			}
			inOrder(t, a.numbers, 500)
			inOrder(t, b.numbers, 500)
			if a.ended != 1 || a.closed != 1 {
				t.Errorf("sink: ended %d times, closed %d times", a.ended, a.closed)
			}
			rep := run.Report()
			if rep.State != StateEnded || rep.Error != "" {
				t.Errorf("state %q, error %q", rep.State, rep.Error)
			}
			kinds := []Kind{}
			for _, s := range rep.Stages {
				kinds = append(kinds, s.Kind)
				if s.Dropped != 0 || s.Kind != KindSource && s.FramesIn != 500 || s.FramesOut != 500 {
					t.Errorf("stage %+v", s)
				}
			}
			if want := []Kind{KindSource, KindEncoder, KindSink, KindSink}; !slices.Equal(kinds, want) {
				t.Errorf("stages %v, want %v", kinds, want)
			}
		})
	}
}

func TestSlowLiveSinkDropsTheOldestAndDisturbsNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.src.count(100, small, false)
		read := r.src.read
		r.src.read = func(ctx context.Context) (*Frame, error) {
			time.Sleep(10 * time.Millisecond) // the camera's pace, on the test's clock
			return read(ctx)
		}
		fast, slow := r.sink(Queue{}), r.sink(Queue{})
		slow.write = func(context.Context, *Frame) error { time.Sleep(100 * time.Millisecond); return nil }
		run, err := r.run()
		if err != nil {
			t.Fatal(err)
		}
		inOrder(t, fast.numbers, 100)
		if !slices.IsSorted(slow.numbers) || len(slow.numbers) > 15 || slow.numbers[len(slow.numbers)-1] != 99 {
			t.Errorf("the slow sink saw %v", slow.numbers)
		}
		rep := run.Report().Stages[2]
		if int(rep.Dropped)+len(slow.numbers) != 100 {
			t.Errorf("%d dropped and %d written of 100", rep.Dropped, len(slow.numbers))
		}
		if want := "frames dropped: count="; !strings.Contains(r.log.String(), want) {
			t.Errorf("the log does not say %q:\n%s", want, r.log)
		}
		if want := regexp.MustCompile(`likely="sinks.1 fake takes \d+ms a frame and \d+ a second come in"`); !want.MatchString(r.log.String()) {
			t.Errorf("the log does not say %s:\n%s", want, r.log)
		}
	})
}

func TestMaxAge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.src.count(20, small, true)
		sink := r.sink(Queue{Size: 20, MaxAge: 50 * time.Millisecond})
		sink.write = func(context.Context, *Frame) error { time.Sleep(20 * time.Millisecond); return nil }
		if _, err := r.run(); err != nil {
			t.Fatal(err)
		}
		inOrder(t, sink.numbers, 3) // written at 0, 20 and 40 ms; the rest is too old at 60
	})
}

func TestBlockingOutputMakesTheTrunkBlock(t *testing.T) {
	r := newRig(t)
	r.src.count(200, small, false)
	r.encode(2, func() *fakeFilter { return &fakeFilter{gives: AnyJPEG} })
	recorder := r.sink(Queue{WhenFull: Block})
	if _, err := r.run(); err != nil {
		t.Fatal(err)
	}
	inOrder(t, recorder.numbers, 200)
}

func TestNobodyThereMeansNoEncoding(t *testing.T) {
	r := newRig(t)
	r.src.count(10, small, false)
	var encoded atomic.Int64
	r.encode(1, func() *fakeFilter {
		return &fakeFilter{gives: AnyJPEG, apply: func(context.Context, *Frame, *Frame) error { encoded.Add(1); return nil }}
	})
	r.sink(Queue{}).wanted = func() bool { return false }
	run, err := r.run()
	if err != nil {
		t.Fatal(err)
	}
	if n := encoded.Load(); n != 0 {
		t.Errorf("%d frames were encoded for nobody", n)
	}
	if sink := run.Report().Stages[2]; sink.Dropped != 10 || sink.FramesIn != 0 {
		t.Errorf("sink %+v", sink)
	}
}

func TestPassthroughCostsNoWorker(t *testing.T) {
	r := newRig(t)
	r.source(AnyJPEG, AnyRaw)
	r.src.count(50, JPEG(4, 4), true)
	r.encode(2, func() *fakeFilter {
		return &fakeFilter{apply: func(context.Context, *Frame, *Frame) error { return errors.New("was asked to encode a JPEG") }}
	})
	sink := r.sink(Queue{})
	if _, err := r.run(); err != nil {
		t.Fatal(err)
	}
	inOrder(t, sink.numbers, 50)
}

func TestConverters(t *testing.T) {
	bgr := Format{Codec: CodecRaw, Layout: LayoutBGR}
	tests := []struct {
		name   string
		input  Format
		want   []Format // what arrives at the sinks
		takes  [][]Format
		stages []string
	}{
		{"a decoder for pixels", JPEG(4, 4), []Format{bgr}, [][]Format{{bgr}}, []string{"source fake", "decoder jpeg", "sink fake"}},
		{"one decoder for two", JPEG(4, 4), []Format{bgr, bgr}, [][]Format{{bgr}, {bgr}}, []string{"source fake", "decoder jpeg", "sink fake", "sink fake"}},
		{"only where needed", JPEG(4, 4), []Format{bgr, AnyJPEG}, [][]Format{{bgr}, nil}, []string{"source fake", "decoder jpeg", "sink fake", "sink fake"}},
		{"an encoder for a recording", small, []Format{AnyJPEG}, [][]Format{{AnyJPEG}}, []string{"source fake", "encoder jpeg", "sink fake"}},
		{"nothing to convert is not told", JPEG(4, 4), []Format{AnyJPEG}, [][]Format{{AnyJPEG}}, []string{"source fake", "sink fake"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t)
			r.source() // only the stream tells
			r.src.count(20, tt.input, true)
			var sinks []*fakeSink
			for _, takes := range tt.takes {
				sinks = append(sinks, r.sink(Queue{}, takes...))
			}
			run, err := r.run()
			if err != nil {
				t.Fatal(err)
			}
			for i, sink := range sinks {
				inOrder(t, sink.numbers, 20)
				if got := sink.formats[0]; !got.Matches(tt.want[i]) {
					t.Errorf("sink %d got %s, want %s", i, got, tt.want[i])
				}
			}
			var stages []string
			for _, s := range run.Report().Stages {
				stages = append(stages, string(s.Kind)+" "+s.Type)
			}
			if !slices.Equal(stages, tt.stages) {
				t.Errorf("stages %q, want %q", stages, tt.stages)
			}
		})
	}
}

func TestFiltersGetPixels(t *testing.T) {
	r := newRig(t)
	r.source(AnyJPEG)
	r.src.count(5, JPEG(4, 4), true)
	r.filter(&fakeFilter{apply: func(_ context.Context, in, _ *Frame) error {
		if in.Format.Codec != CodecRaw {
			return fmt.Errorf("a filter was given %s", in.Format)
		}
		if number(in) == 2 {
			return ErrSkip
		}
		return nil
	}})
	r.encode(1, func() *fakeFilter { return &fakeFilter{gives: AnyJPEG} })
	sink := r.sink(Queue{})
	if _, err := r.run(); err != nil {
		t.Fatal(err)
	}
	if want := []int{0, 1, 3, 4}; !slices.Equal(sink.numbers, want) {
		t.Errorf("frames %v, want %v", sink.numbers, want)
	}
}

func TestNothingConverts(t *testing.T) {
	r := newRig(t)
	r.reg = mustRegistry(t)
	r.sink(Queue{}, Format{Codec: "h264"})
	_, err := NewPlan(r.chain, r.reg)
	if want := "pipeline test: sink fake takes h264, and nothing here turns raw into that: set another encoder"; err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

func TestPlanPrint(t *testing.T) {
	r := newRig(t)
	r.source(AnyJPEG, AnyRaw)
	r.sink(Queue{}, AnyJPEG)
	r.sink(Queue{Size: 9, WhenFull: DropOldest, MaxAge: time.Second}, Format{Codec: CodecRaw, Layout: LayoutBGR})
	plan, err := NewPlan(r.chain, r.reg)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	plan.Print(&out)
	want := `pipeline test
  source   fake         gives jpeg or raw
  encoder  jpeg         gives jpeg (put in by the chain; frames that already fit pass untouched)
    sink     fake         takes jpeg; queue of 2, drops the oldest of a live stream and blocks for a lossless one
  decoder  jpeg         gives raw bgr (put in by the chain; frames that already fit pass untouched)
    sink     fake         takes raw bgr; queue of 9, drops the oldest when full, nothing older than 1s
`
	if out.String() != want {
		t.Errorf("printed\n%s\nwant\n%s", out.String(), want)
	}
	if want := []Format{AnyJPEG, {Codec: CodecRaw, Layout: LayoutBGR}}; !slices.Equal(plan.want, want) {
		t.Errorf("the source is asked for %v, want %v", plan.want, want)
	}
}

func TestLostSourceIsReopened(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.src.count(6, small, true)
		read, lost := r.src.read, false
		r.src.read = func(ctx context.Context) (*Frame, error) {
			if !lost && r.src.opened == 1 {
				lost = true
				return nil, fmt.Errorf("unplugged: %w", ErrLost)
			}
			return read(ctx)
		}
		r.src.open = func(context.Context) error {
			if n := r.src.opened; n > 1 && n < 5 {
				return errors.New("no such device") // once open, every error is tried again
			}
			return nil
		}
		sink := r.sink(Queue{})
		run, err := r.run()
		if err != nil {
			t.Fatal(err)
		}
		inOrder(t, sink.numbers, 6)
		src := run.Report().Stages[0]
		if src.Reconnects != 1 || src.Errors != 1 || r.src.opened != 5 || r.src.closed != 2 {
			t.Errorf("source %+v, opened %d, closed %d", src, r.src.opened, r.src.closed)
		}
		if want := "lost, opening again: cause=unplugged"; !strings.Contains(r.log.String(), want) {
			t.Errorf("the log does not say %q:\n%s", want, r.log)
		}
	})
}

func TestLostSinkIsReopened(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.src.count(6, small, true)
		sink := r.sink(Queue{})
		lost := false
		sink.write = func(context.Context, *Frame) error {
			if !lost {
				lost = true
				return ErrLost
			}
			return nil
		}
		run, err := r.run()
		if err != nil {
			t.Fatal(err)
		}
		if want := []int{1, 2, 3, 4, 5}; !slices.Equal(sink.numbers, want) || sink.opened != 2 || sink.closed != 2 {
			t.Errorf("frames %v, opened %d, closed %d", sink.numbers, sink.opened, sink.closed)
		}
		if rep := run.Report().Stages[1]; rep.Reconnects != 1 {
			t.Errorf("sink %+v", rep)
		}
	})
}

func TestFailuresNameTheStage(t *testing.T) {
	boom := func(context.Context, *Frame, *Frame) error { panic("boom") }
	tests := []struct {
		name  string
		setup func(r *rig)
		want  string
	}{
		{"source read", func(r *rig) {
			r.src.read = func(context.Context) (*Frame, error) { return nil, errors.New("bad sector") }
		}, "source fake: bad sector"},
		{"source open", func(r *rig) {
			r.src.open = func(context.Context) error { return errors.New("no such file") }
		}, "source fake: no such file"},
		{"source panic", func(r *rig) {
			r.src.read = func(context.Context) (*Frame, error) { panic("boom") }
		}, "source fake: panic: boom"},
		{"sink open", func(r *rig) {
			r.sink(Queue{}).open = func(context.Context) error { return errors.New("read-only") }
		}, "sinks.1 fake: read-only"},
		{"sink write", func(r *rig) {
			r.sink(Queue{}).write = func(context.Context, *Frame) error { return errors.New("disk full") }
		}, "sinks.1 fake: disk full"},
		{"encoder panic", func(r *rig) {
			r.encode(2, func() *fakeFilter { return &fakeFilter{apply: boom} })
		}, "encoder jpeg: panic: boom"},
		{"filter close", func(r *rig) {
			r.filter(&fakeFilter{close: func() error { return errors.New("stuck") }})
		}, "filter fake: stuck"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t)
			r.src.count(10, small, true)
			other := r.sink(Queue{})
			tt.setup(r)
			run := r.runner()
			err := run.Run(context.Background())
			if !strings.Contains(tt.want, "panic") { // a stage that panics takes what it held with it
				r.settled()
			}
			if err == nil || err.Error() != tt.want {
				t.Fatalf("error %v, want %q", err, tt.want)
			}
			if rep := run.Report(); rep.State != StateFailed || rep.Error != tt.want {
				t.Errorf("state %q, error %q", rep.State, rep.Error)
			}
			if other.opened != other.closed {
				t.Errorf("the other sink was opened %d times and closed %d times", other.opened, other.closed)
			}
			if other.ended != 0 {
				t.Error("a failed stream was told to be complete")
			}
		})
	}
}

func TestSkippedFramesAreCountedAndTold(t *testing.T) {
	r := newRig(t)
	r.src.count(10, small, true)
	r.encode(2, func() *fakeFilter {
		return &fakeFilter{apply: func(_ context.Context, in, _ *Frame) error {
			if number(in)%2 == 1 {
				return fmt.Errorf("odd one: %w", ErrSkip)
			}
			return nil
		}}
	})
	sink := r.sink(Queue{})
	run, err := r.run()
	if err != nil {
		t.Fatal(err)
	}
	if want := []int{0, 2, 4, 6, 8}; !slices.Equal(sink.numbers, want) {
		t.Errorf("frames %v, want %v", sink.numbers, want)
	}
	if enc := run.Report().Stages[1]; enc.Errors != 5 || enc.FramesIn != 10 || enc.FramesOut != 5 {
		t.Errorf("encoder %+v", enc)
	}
	if n := strings.Count(r.log.String(), "odd one"); n != 1 {
		t.Errorf("told %d times, want once a second:\n%s", n, r.log)
	}
}

func TestSinkThatIsDoneLeavesTheOthers(t *testing.T) {
	r := newRig(t)
	r.src.count(50, small, true)
	few, all := r.sink(Queue{}), r.sink(Queue{})
	few.write = func(context.Context, *Frame) error {
		if few.seen() == 3 {
			return ErrDone
		}
		return nil
	}
	run, err := r.run()
	if err != nil {
		t.Fatal(err)
	}
	inOrder(t, few.numbers, 3)
	inOrder(t, all.numbers, 50)
	if rep := run.Report(); rep.State != StateEnded {
		t.Errorf("state %q", rep.State)
	}
}

func TestLastDoneSinkEndsThePipeline(t *testing.T) {
	r := newRig(t)
	r.src.count(1<<16, small, true)
	r.sink(Queue{}).write = func(context.Context, *Frame) error { return ErrDone }
	run, err := r.run()
	if err != nil || run.Report().State != StateEnded {
		t.Errorf("error %v, state %q", err, run.Report().State)
	}
}

func TestClosedWindowEndsThePipeline(t *testing.T) {
	r := newRig(t)
	r.src.count(1<<16, small, true)
	r.sink(Queue{}).write = func(context.Context, *Frame) error { return ErrEnd }
	other := r.sink(Queue{})
	run, err := r.run()
	if err != nil || run.Report().State != StateEnded || other.ended != 1 {
		t.Errorf("error %v, state %q, other sink told the end %d times", err, run.Report().State, other.ended)
	}
}

func TestStop(t *testing.T) {
	tests := []struct {
		name  string
		stop  func(*Runner)
		state State
		ended int
	}{
		{"stop", (*Runner).Stop, StateStopped, 0},
		{"end", (*Runner).End, StateEnded, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t)
			n := 0
			r.src.read = func(ctx context.Context) (*Frame, error) {
				if n == 3 {
					<-ctx.Done() // a camera with no more pictures
					return nil, ctx.Err()
				}
				n++
				f := r.pool.Get(16)
				f.Format = small
				f.Lossless = true
				return f, nil
			}
			sink := r.sink(Queue{})
			sink.got = make(chan struct{}, 3)
			run := r.runner()
			done := make(chan error, 1)
			go func() { done <- run.Run(context.Background()) }()
			<-sink.got
			tt.stop(run)
			if err := <-done; err != nil {
				t.Fatal(err)
			}
			if got := run.Report().State; got != tt.state {
				t.Errorf("state %q, want %q", got, tt.state)
			}
			if sink.ended != tt.ended || sink.closed != 1 {
				t.Errorf("ended %d times, want %d; closed %d times", sink.ended, tt.ended, sink.closed)
			}
			r.settled()
		})
	}
}

func TestStuckSinkIsCancelledThenLeftBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.src.count(1<<16, small, true)
		release := make(chan struct{})
		writing := make(chan struct{}, 1)
		r.sink(Queue{}).write = func(context.Context, *Frame) error { // looks at no context
			writing <- struct{}{}
			<-release
			return errors.New("too late")
		}
		run := r.runner()
		start := time.Now()
		done := make(chan error, 1)
		go func() { done <- run.Run(context.Background()) }()
		<-writing
		run.Stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if took := time.Since(start); took >= 2*time.Second { // the test's clock: exact
			t.Errorf("a stuck sink held the end up for %s", took)
		}
		if want := "stage does not return and is left behind"; !strings.Contains(r.log.String(), want) {
			t.Errorf("the log does not say %q:\n%s", want, r.log)
		}
		close(release)
		synctest.Wait()
	})
}

func TestStuckPeerIsCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.src.count(1<<16, small, true)
		writing := make(chan struct{}, 1)
		sink := r.sink(Queue{})
		sink.write = func(ctx context.Context, _ *Frame) error {
			writing <- struct{}{}
			<-ctx.Done()
			return ctx.Err()
		}
		run := r.runner()
		done := make(chan error, 1)
		go func() { done <- run.Run(context.Background()) }()
		<-writing
		run.Stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if got := run.Report().State; got != StateStopped || sink.closed != 1 {
			t.Errorf("state %q, closed %d times", got, sink.closed)
		}
		r.settled()
	})
}

func TestPipelinesAreIndependent(t *testing.T) {
	bad, good := newRig(t), newRig(t)
	bad.chain.Name, good.chain.Name = "bad", "good"
	bad.src.read = func(context.Context) (*Frame, error) { return nil, errors.New("broke") }
	bad.sink(Queue{})
	good.src.count(300, small, true)
	sink := good.sink(Queue{})
	group := NewGroup(bad.runner(), good.runner())
	err := group.Run(context.Background())
	if want := "pipeline bad: source fake: broke"; err == nil || err.Error() != want {
		t.Errorf("error %v, want %q", err, want)
	}
	inOrder(t, sink.numbers, 300)
	bad.settled()
	good.settled()
}

func TestLatencyRunsToTheLastSink(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.src.count(1, small, true)
		r.sink(Queue{}).write = func(context.Context, *Frame) error { time.Sleep(5 * time.Millisecond); return nil }
		r.sink(Queue{}).write = func(context.Context, *Frame) error { time.Sleep(40 * time.Millisecond); return nil }
		run, err := r.run()
		if err != nil {
			t.Fatal(err)
		}
		if lat := run.Report().Latency; lat.P50 != 40 || lat.Max != 40 {
			t.Errorf("latency %+v, want 40 ms", lat)
		}
	})
}

func BenchmarkChain(b *testing.B) {
	pool := NewPool()
	src := &fakeSource{}
	left := b.N
	src.read = func(context.Context) (*Frame, error) {
		if left == 0 {
			return nil, ErrEnd
		}
		left--
		f := pool.Get(48)
		f.Format, f.Lossless = small, true
		f.Captured = time.Now()
		return f, nil
	}
	input := SourceSpec[noConfig]{Name: "fake", New: func(*noConfig, Env) (Source, error) { return src, nil }}.Spec()
	enc := FilterSpec[noConfig]{
		Kind: KindEncoder, Name: "jpeg", Workers: func(*noConfig) int { return 2 },
		Gives: func(*noConfig) []Format { return []Format{AnyJPEG} },
		New:   func(*noConfig, Env) (Filter, error) { return &fakeFilter{gives: AnyJPEG}, nil },
	}.Spec()
	discard := SinkSpec[noConfig]{Name: "fake", New: func(*noConfig, Env) (Sink, error) { return discardSink{}, nil }}.Spec()
	chain := Chain{
		Name: "bench", Input: Node{Spec: input, Config: &noConfig{}},
		Encoder: &Node{Spec: enc, Config: &noConfig{}, Path: "encoder"},
		Outputs: []Node{{Spec: discard, Config: &noConfig{}, Path: "sinks.0"}},
	}
	reg, err := NewRegistry()
	if err != nil {
		b.Fatal(err)
	}
	plan, err := NewPlan(chain, reg)
	if err != nil {
		b.Fatal(err)
	}
	run, err := NewRunner(plan, Options{Pool: pool})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.ResetTimer()
	if err := run.Run(context.Background()); err != nil {
		b.Fatal(err)
	}
}

type discardSink struct{}

func (discardSink) Open(context.Context) error          { return nil }
func (discardSink) Write(context.Context, *Frame) error { return nil }
func (discardSink) Close() error                        { return nil }
