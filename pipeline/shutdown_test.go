package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// A camera's read returns long after everything was cancelled and gives a frame that passes the encoder
// untouched, while a sink does not return: the frame must not reach a closed edge.
func TestFrameAfterTheCancelHarmsNothing(t *testing.T) {
	for _, late := range []Format{JPEG(4, 4), small} { // one that passes the encoder, one that it would work on
		t.Run(late.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t)
				n := 0
				r.src.read = func(context.Context) (*Frame, error) {
					if n++; n > 1 {
						time.Sleep(1200 * time.Millisecond) // looks at no context
					}
					f := r.pool.Get(max(late.Bytes(), 16))
					f.Format = late
					return f, nil
				}
				r.filter(&fakeFilter{})
				r.chain.Filters = nil
				r.encode(2, func() *fakeFilter { return &fakeFilter{gives: AnyJPEG} })
				release, writing := make(chan struct{}), make(chan struct{}, 1)
				r.sink(Queue{}).write = func(context.Context, *Frame) error {
					writing <- struct{}{}
					<-release
					return nil
				}
				run := r.runner()
				done := make(chan error, 1)
				go func() { done <- run.Run(context.Background()) }()
				<-writing
				run.Stop()
				if err := <-done; err != nil {
					t.Error(err)
				}
				close(release)
				synctest.Wait()
			})
		})
	}
}

// Raw frames pass the decoder and would go to the encoder's edge, which the decoder closed.
func TestFrameAfterTheCancelPassesADecoder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.source() // only the stream tells, so a decoder stands before the filter
		n := 0
		reading := make(chan struct{}, 9)
		r.src.read = func(context.Context) (*Frame, error) {
			reading <- struct{}{}
			if n++; n > 1 {
				time.Sleep(1200 * time.Millisecond)
			}
			f := r.pool.Get(small.Bytes())
			f.Format = small
			return f, nil
		}
		r.filter(&fakeFilter{})
		r.sink(Queue{})
		run := r.runner()
		done := make(chan error, 1)
		go func() { done <- run.Run(context.Background()) }()
		<-reading
		<-reading
		run.Stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
		synctest.Wait()
		r.settled()
	})
}

func TestStopWhileASinkIsReopenedClosesItOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.src.count(100, small, true)
		sink := r.sink(Queue{})
		sink.write = func(context.Context, *Frame) error { return ErrLost }
		sink.open = func(context.Context) error {
			if sink.opened > 1 {
				return errors.New("still away")
			}
			return nil
		}
		run := r.runner()
		time.AfterFunc(3*time.Second, run.Stop)
		if err := run.Run(context.Background()); err != nil {
			t.Error(err)
		}
		if sink.closed != 1 {
			t.Errorf("opened once and closed %d times", sink.closed)
		}
		r.settled()
	})
}

// closeFails is a sink whose connection is gone, so that closing it fails too.
type closeFails struct {
	*fakeSink
	fails int
}

func (s *closeFails) Close() error {
	_ = s.fakeSink.Close()
	if s.fails--; s.fails >= 0 {
		return errors.New("broken pipe")
	}
	return nil
}

func TestLostSinkThatCannotBeClosedIsReopened(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.src.count(6, small, true)
		sink := &closeFails{fakeSink: r.sink(Queue{}), fails: 1}
		lost := false
		sink.write = func(context.Context, *Frame) error {
			if !lost {
				lost = true
				return ErrLost
			}
			return nil
		}
		r.chain.Outputs[0].Spec.newSink = func(any, Env) (Sink, error) { return sink, nil }
		if _, err := r.run(); err != nil {
			t.Error(err)
		}
		if sink.opened != 2 {
			t.Errorf("opened %d times", sink.opened)
		}
	})
}

func TestNoFrameAndNoErrorIsAnError(t *testing.T) {
	t.Run("source", func(t *testing.T) {
		r := newRig(t)
		r.src.read = func(context.Context) (*Frame, error) { return nil, nil }
		r.sink(Queue{})
		if _, err := r.run(); err == nil || err.Error() != "source fake: gave neither a frame nor an error" {
			t.Errorf("error %v", err)
		}
	})
	t.Run("filter", func(t *testing.T) {
		r := newRig(t)
		r.src.count(5, small, true)
		r.sink(Queue{})
		r.filter(&fakeFilter{})
		r.chain.Filters[0].Spec.newFilter = func(any, Env) (Filter, error) { return emptyFilter{}, nil }
		if _, err := r.run(); err == nil || err.Error() != "filter fake: gave neither a frame nor an error" {
			t.Errorf("error %v", err)
		}
	})
}

type emptyFilter struct{}

func (emptyFilter) Apply(context.Context, *Frame) (*Frame, error) { return nil, nil }
func (emptyFilter) Close() error                                  { return nil }

func TestPanicOfADemanderNamesTheStage(t *testing.T) {
	r := newRig(t)
	r.src.count(50, small, false)
	r.sink(Queue{}).wanted = func() bool { panic("boom") }
	if _, err := r.run(); err == nil || err.Error() != "sinks.0 fake: panic: boom" {
		t.Errorf("error %v", err)
	}
}

func TestPanicWhileReopeningStops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.src.read = func(context.Context) (*Frame, error) { return nil, ErrLost }
		r.src.open = func(context.Context) error {
			if r.src.opened > 1 {
				panic("boom")
			}
			return nil
		}
		r.sink(Queue{})
		run := r.runner()
		time.AfterFunc(time.Minute, run.Stop)
		if err := run.Run(context.Background()); err == nil || err.Error() != "source fake: panic: boom" {
			t.Errorf("error %v", err)
		}
		if r.src.closed != 1 {
			t.Errorf("closed %d times", r.src.closed)
		}
	})
}

// A source that opens and is lost at once must not be opened ten times a second for ever.
func TestPausesGrowUntilAFrameComes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.src.read = func(context.Context) (*Frame, error) { return nil, fmt.Errorf("no signal: %w", ErrLost) }
		r.sink(Queue{})
		run := r.runner()
		time.AfterFunc(time.Minute, run.Stop)
		if err := run.Run(context.Background()); err != nil {
			t.Error(err)
		}
		if r.src.opened > 85 {
			t.Errorf("opened %d times in a minute", r.src.opened)
		}
		if n := strings.Count(r.log.String(), "no signal"); n > 61 {
			t.Errorf("told %d times in a minute", n)
		}
	})
}

// The source of a lossless stream has ended and a receiver does not read. Who stops the program then must
// not make the receiver believe that it has everything.
func TestStopWhileDrainingIsNoEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.src.count(5, small, true)
		sink := r.sink(Queue{Size: 8})
		sink.write = func(ctx context.Context, _ *Frame) error {
			select {
			case <-time.After(700 * time.Millisecond):
				return nil
			case <-ctx.Done():
				return ErrSkip
			}
		}
		run := r.runner()
		time.AfterFunc(100*time.Millisecond, run.Stop)
		if err := run.Run(context.Background()); err != nil {
			t.Error(err)
		}
		if sink.ended != 0 {
			t.Errorf("told the end after %d of 5 frames", len(sink.numbers))
		}
		if got := run.Report().State; got != StateStopped {
			t.Errorf("state %q", got)
		}
		r.settled()
	})
}

// A slow decoder in front of a window must not slow down the recording beside it.
func TestConverterOfALiveOutputDisturbsNoRecorder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.source(AnyJPEG)
		r.src.count(100, JPEG(4, 4), false)
		read := r.src.read
		var longest time.Duration
		last := time.Now()
		r.src.read = func(ctx context.Context) (*Frame, error) {
			longest = max(longest, time.Since(last))
			time.Sleep(10 * time.Millisecond)
			last = time.Now()
			return read(ctx)
		}
		r.reg = mustRegistry(t, FilterSpec[noConfig]{
			Kind: KindDecoder, Name: "jpeg",
			New: func(*noConfig, Env) (Filter, error) {
				return &fakeFilter{gives: Format{Codec: CodecRaw, Layout: LayoutBGR}, apply: func(context.Context, *Frame, *Frame) error {
					time.Sleep(time.Second)
					return nil
				}}, nil
			},
		}.Spec())
		recorder := r.sink(Queue{WhenFull: Block}, AnyJPEG)
		window := r.sink(Queue{}, Format{Codec: CodecRaw, Layout: LayoutBGR})
		if _, err := r.run(); err != nil {
			t.Fatal(err)
		}
		inOrder(t, recorder.numbers, 100)
		if longest > 50*time.Millisecond {
			t.Errorf("the source waited %s for the window's decoder (which saw %d frames)", longest, len(window.numbers))
		}
	})
}

func TestWhatASourceIsAskedFor(t *testing.T) {
	bgr := Format{Codec: CodecRaw, Layout: LayoutBGR}
	tests := []struct {
		name  string
		takes [][]Format
		want  []Format
	}{
		{"one that takes anything", [][]Format{nil}, nil},
		{"a window beside one that takes anything", [][]Format{nil, {bgr}}, nil},
		{"a window", [][]Format{{bgr}}, []Format{bgr}},
		{"a window and a recording", [][]Format{{bgr}, {AnyJPEG}}, []Format{AnyJPEG, bgr}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t)
			for _, takes := range tt.takes {
				r.sink(Queue{}, takes...)
			}
			plan, err := NewPlan(r.chain, r.reg)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(plan.want, tt.want) {
				t.Errorf("asked for %v, want %v", plan.want, tt.want)
			}
		})
	}
}

// An encoder that names no input takes pixels; what it would make passes all the same.
func TestEncoderWithoutAccepts(t *testing.T) {
	for _, gives := range []Format{{Codec: "webp"}, AnyJPEG} {
		t.Run(gives.String(), func(t *testing.T) {
			r := newRig(t)
			r.source(AnyJPEG)
			r.src.count(5, JPEG(4, 4), true)
			r.encode(1, func() *fakeFilter {
				return &fakeFilter{gives: gives, apply: func(_ context.Context, in, _ *Frame) error {
					if in.Format.Codec != CodecRaw {
						return fmt.Errorf("was given %s", in.Format)
					}
					return nil
				}}
			})
			r.chain.Encoder.Spec.accepts = nil
			r.chain.Encoder.Spec.gives = func(any) []Format { return []Format{gives} }
			sink := r.sink(Queue{})
			run, err := r.run()
			if err != nil {
				t.Fatal(err)
			}
			inOrder(t, sink.numbers, 5)
			if decoded := len(run.Report().Stages) == 4; decoded != (gives != AnyJPEG) {
				t.Errorf("stages %+v", run.Report().Stages)
			}
		})
	}
}

func TestNoDecoderIsKnownBeforeAnythingOpens(t *testing.T) {
	r := newRig(t)
	r.source(Format{Codec: "h264"})
	r.sink(Queue{}, AnyRaw)
	_, err := NewPlan(r.chain, r.reg)
	if want := "pipeline test: sink fake takes raw, and nothing here turns h264 into that: set another encoder"; err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

// An output that has all it wants neither drops nor is there for nobody.
func TestDoneOutputDropsNothing(t *testing.T) {
	for _, lossless := range []bool{true, false} {
		r := newRig(t)
		r.src.count(50, small, lossless)
		r.encode(1, func() *fakeFilter { return &fakeFilter{gives: AnyJPEG} })
		done := r.sink(Queue{Size: 50})
		done.write = func(context.Context, *Frame) error { return ErrDone }
		r.sink(Queue{WhenFull: Block}).wanted = func() bool { return done.closedNow() == 0 }
		run, err := r.run()
		if err != nil {
			t.Fatal(err)
		}
		if rep := run.Report().Stages[2]; rep.Dropped != 0 {
			t.Errorf("lossless %v: %+v", lossless, rep)
		}
	}
}

func (s *fakeSink) closedNow() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closed
}

// A filter that keeps a frame and derives from it later must not upset the latencies of others.
func TestFrameDerivedFromAnEarlierOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.src.count(300, small, true)
		read := r.src.read
		r.src.read = func(ctx context.Context) (*Frame, error) {
			time.Sleep(time.Millisecond)
			return read(ctx)
		}
		r.filter(&fakeFilter{})
		late := &lagFilter{}
		r.chain.Filters[0].Spec.newFilter = func(any, Env) (Filter, error) { return late, nil }
		a, b := r.sink(Queue{}), r.sink(Queue{})
		slow := func(context.Context, *Frame) error { time.Sleep(3 * time.Millisecond); return nil }
		a.write, b.write = nil, slow
		run, err := r.run()
		if err != nil {
			t.Fatal(err)
		}
		if len(a.numbers) != 299 || len(b.numbers) != 299 {
			t.Errorf("%d and %d frames", len(a.numbers), len(b.numbers))
		}
		var recorded uint64
		for i := range run.lat.counts {
			recorded += run.lat.counts[i].Load()
		}
		if recorded != 299 {
			t.Errorf("%d latencies of 299 frames", recorded)
		}
	})
}

// lagFilter gives each time the frame before.
type lagFilter struct{ kept *Frame }

func (x *lagFilter) Apply(_ context.Context, f *Frame) (*Frame, error) {
	before := x.kept
	x.kept = f.Retain()
	if before == nil {
		return nil, ErrSkip
	}
	defer before.Release()
	out := before.Derive(len(before.Data))
	copy(out.Data, before.Data)
	return out, nil
}

func (x *lagFilter) Close() error {
	if x.kept != nil {
		x.kept.Release()
	}
	return nil
}

func TestMainLoopGivesPanicsBack(t *testing.T) {
	loop := NewMainLoop()
	ctx, cancel := context.WithCancel(context.Background())
	over := make(chan struct{})
	go func() {
		defer close(over)
		loop.Run(ctx)
	}()
	func() {
		defer func() {
			if v := recover(); v != "boom" {
				t.Errorf("recovered %v", v)
			}
		}()
		_ = loop.Do(context.Background(), func() { panic("boom") })
	}()
	if err := loop.Do(context.Background(), func() {}); err != nil {
		t.Errorf("the loop is gone: %v", err)
	}
	cancel()
	<-over
}
