package pipeline

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// receipts notes what a source is told of each of its pictures.
type receipts struct {
	mu   sync.Mutex
	read int
	told map[int][]error
}

// receipts has the source ask for every frame that it has given so far.
func (r *rig) receipts() *receipts {
	rec := &receipts{told: make(map[int][]error)}
	read := r.src.read
	r.src.read = func(ctx context.Context) (*Frame, error) {
		f, err := read(ctx)
		if err != nil {
			return nil, err
		}
		n := number(f)
		rec.mu.Lock()
		rec.read++
		rec.mu.Unlock()
		f.Settled = func(err error) {
			rec.mu.Lock()
			defer rec.mu.Unlock()
			rec.told[n] = append(rec.told[n], err)
		}
		return f, nil
	}
	return rec
}

func (rec *receipts) of(n int) []error {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	return slices.Clone(rec.told[n])
}

// The words for what a source was told.
const (
	delivered = "delivered"
	refusedIt = "refused"
	again     = "again"
)

func verdictOf(err error) string {
	switch {
	case err == nil:
		return delivered
	case errors.Is(err, ErrSkip):
		return refusedIt
	}
	return again
}

// all checks that each picture that was read was settled once, and gives the verdicts.
func (rec *receipts) all(t *testing.T) map[int]string {
	t.Helper()
	rec.mu.Lock()
	defer rec.mu.Unlock()
	got := make(map[int]string)
	for n := range rec.read {
		if len(rec.told[n]) != 1 {
			t.Errorf("picture %d was settled %d times: %v", n, len(rec.told[n]), rec.told[n])
			continue
		}
		got[n] = verdictOf(rec.told[n][0])
	}
	return got
}

// each checks the verdict of every picture.
func (rec *receipts) each(t *testing.T, want func(n int) string) {
	t.Helper()
	got := rec.all(t)
	for n := range got {
		if got[n] != want(n) {
			t.Errorf("picture %d: %s (%v), want %s", n, got[n], rec.of(n), want(n))
		}
	}
}

func always(verdict string) func(int) string { return func(int) string { return verdict } }

func except(n int, verdict string) func(int) string {
	return func(i int) string {
		if i == n {
			return verdict
		}
		return delivered
	}
}

// keeperSink is a fakeSink that keeps.
type keeperSink struct{ *fakeSink }

var _ Keeper = keeperSink{}

func (keeperSink) Have(context.Context, Offer) (bool, error) { return false, nil }
func (keeperSink) Part(Offer) (Part, error)                  { return nil, nil }

// keeper adds an output that keeps.
func (r *rig) keeper(accepts ...Format) *fakeSink {
	sink := r.sink(Queue{}, accepts...)
	r.chain.Outputs[len(r.chain.Outputs)-1].Spec.newSink = func(any, Env) (Sink, error) { return keeperSink{sink}, nil }
	return sink
}

// sender adds an output whose other end confirms.
func (r *rig) sender() *fakeSink {
	sink := r.sink(Queue{})
	r.chain.Outputs[len(r.chain.Outputs)-1].Spec.confirm = func(any) bool { return true }
	return sink
}

func on(n int, err error) func(context.Context, *Frame) error {
	return func(_ context.Context, f *Frame) error {
		if number(f) == n {
			return err
		}
		return nil
	}
}

func TestEveryPictureIsSettledOnce(t *testing.T) {
	r := newRig(t)
	r.src.count(300, small, true)
	rec := r.receipts()
	r.filter(&fakeFilter{})
	r.encode(3, func() *fakeFilter { return &fakeFilter{gives: AnyJPEG} })
	r.sink(Queue{})
	r.sink(Queue{Size: 1})
	r.sink(Queue{}, Format{Codec: CodecRaw, Layout: LayoutBGR}) // behind a decoder
	if _, err := r.run(); err != nil {
		t.Fatal(err)
	}
	rec.each(t, always(delivered))
}

// A sink says of the third picture what stands there.
func TestWhatASinkSaysIsTold(t *testing.T) {
	words := fmt.Errorf("the folder is full: %w", ErrSkip)
	for _, c := range []struct {
		name string
		err  error
		want string
	}{
		{"refused with words", words, refusedIt},
		{"not needed", ErrSkip, delivered},
		{"lost", fmt.Errorf("unplugged: %w", ErrLost), again},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t)
				r.src.count(6, small, true)
				rec := r.receipts()
				r.sink(Queue{}).write = on(2, c.err)
				r.sink(Queue{})
				if _, err := r.run(); err != nil {
					t.Fatal(err)
				}
				rec.each(t, except(2, c.want))
				if c.want != delivered && !errors.Is(rec.of(2)[0], c.err) {
					t.Errorf("told %v, want %v", rec.of(2)[0], c.err)
				}
			})
		})
	}
}

// The last picture of a sink that is done was used, and those behind it were not.
func TestDoneSinkHasUsedItsLastPicture(t *testing.T) {
	r := newRig(t)
	r.src.count(6, small, true)
	rec := r.receipts()
	sink := r.keeper()
	sink.write = on(2, ErrDone)
	r.sink(Queue{})
	run, err := r.run()
	if err != nil {
		t.Fatal(err)
	}
	rec.each(t, func(n int) string {
		if n <= 2 {
			return delivered
		}
		return refusedIt // by one who goes on without: offering it again would be in vain
	})
	if got := run.Report().Stages[1]; got.FramesOut != 3 || got.Dropped != 0 {
		t.Errorf("the sink that is done reports %+v, want 3 frames out", got)
	}
}

// TestPictureForASinkThatIsJustDone has an output end while a picture is on its way into its queue: its source is told
// while the pipeline runs, and does not wait for it in vain.
func TestPictureForASinkThatIsJustDone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.src.count(2, small, false)
		rec := r.receipts()
		two := r.src.read
		r.src.read = func(ctx context.Context) (*Frame, error) {
			f, err := two(ctx)
			if err != nil {
				synctest.Wait()
				if got := rec.of(1); len(got) != 1 {
					t.Errorf("while the pipeline runs the second picture is settled with %v", got)
				}
			}
			return f, err
		}
		done := r.sink(Queue{})
		goOn := make(chan struct{})
		done.write = func(context.Context, *Frame) error {
			<-goOn
			return ErrDone
		}
		asked := 0
		done.wanted = func() bool {
			if asked++; asked == 2 { // the picture is not in the queue yet
				close(goOn)
				synctest.Wait()
			}
			return true
		}
		r.sink(Queue{})
		if _, err := r.run(); err != nil {
			t.Fatal(err)
		}
		if got := rec.all(t); got[0] != delivered || got[1] != refusedIt {
			t.Errorf("the pictures are %v", got)
		}
	})
}

// TestLastDoneSinkRefusesNothing: the pipeline ends, and another may take the rest.
func TestLastDoneSinkRefusesNothing(t *testing.T) {
	r := newRig(t)
	r.src.count(6, small, true)
	rec := r.receipts()
	r.keeper().write = on(2, ErrDone)
	if _, err := r.run(); err != nil {
		t.Fatal(err)
	}
	rec.each(t, func(n int) string {
		if n <= 2 {
			return delivered
		}
		return again
	})
}

func TestClosedWindowHasNotTakenThePicture(t *testing.T) {
	r := newRig(t)
	r.src.count(1<<12, small, true)
	rec := r.receipts()
	r.sink(Queue{}).write = on(2, ErrEnd)
	if _, err := r.run(); err != nil {
		t.Fatal(err)
	}
	rec.each(t, func(n int) string {
		if n < 2 {
			return delivered
		}
		return again
	})
}

func TestDroppedPicturesAreToldOf(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.src.count(20, small, false)
		rec := r.receipts()
		slow := r.sink(Queue{})
		slow.write = func(context.Context, *Frame) error { time.Sleep(time.Second); return nil }
		if _, err := r.run(); err != nil {
			t.Fatal(err)
		}
		rec.each(t, func(n int) string {
			if slices.Contains(slow.numbers, n) {
				return delivered
			}
			return again
		})
		if len(slow.numbers) == 20 {
			t.Error("nothing was dropped")
		}
	})
}

func TestPicturesForNobodyAreToldOf(t *testing.T) {
	for _, encoded := range []bool{false, true} {
		r := newRig(t)
		r.src.count(10, small, false)
		rec := r.receipts()
		if encoded {
			r.encode(1, func() *fakeFilter { return &fakeFilter{gives: AnyJPEG} })
		}
		r.sink(Queue{}).wanted = func() bool { return false }
		if _, err := r.run(); err != nil {
			t.Fatal(err)
		}
		rec.each(t, always(again))
	}
}

// A sink goes on with each frame after Write and says later what became of it.
func TestHeldPicturesAreSettledWhenTheyAreLetGo(t *testing.T) {
	r := newRig(t)
	r.src.count(4, small, true)
	rec := r.receipts()
	sink := r.sender()
	sink.got = make(chan struct{}, 4)
	var holds []func(error)
	sink.write = func(_ context.Context, f *Frame) error {
		holds = append(holds, f.Hold())
		return nil
	}
	run := r.runner()
	if err := run.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	if len(rec.told) != 0 {
		t.Fatalf("settled while they were held: %v", rec.told)
	}
	refusal := fmt.Errorf("their disk is full: %w", ErrSkip)
	verdicts := []error{nil, refusal, errors.New("connection lost"), nil}
	for i := len(holds) - 1; i >= 0; i-- { // in any order, and once
		holds[i](verdicts[i])
		holds[i](errors.New("a second time"))
	}
	rec.each(t, func(n int) string { return verdictOf(verdicts[n]) })
	if got := rec.of(1)[0]; got != refusal {
		t.Errorf("told %v, want the words of the refusal", got)
	}
	r.settled()
}

// While one output holds a picture, the others may be done with it, or not.
func TestHeldWhileOthersWrite(t *testing.T) {
	r := newRig(t)
	r.src.count(1, small, true)
	rec := r.receipts()
	let := make(chan func(error), 1)
	r.sender().write = func(_ context.Context, f *Frame) error { let <- f.Hold(); return nil }
	writing, goOn := make(chan struct{}), make(chan struct{})
	r.keeper().write = func(context.Context, *Frame) error {
		close(writing)
		<-goOn
		return fmt.Errorf("no room: %w", ErrSkip)
	}
	run := r.runner()
	done := make(chan error, 1)
	go func() { done <- run.Run(context.Background()) }()
	<-writing
	(<-let)(nil)
	if got := rec.of(0); got != nil {
		t.Errorf("settled while another output writes: %v", got)
	}
	close(goOn)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	rec.each(t, always(refusedIt))
}

// An output that does not decide holds a picture as long as it needs, and its word does not count.
func TestHeldByOneWhoDoesNotDecide(t *testing.T) {
	r := newRig(t)
	r.src.count(1, small, true)
	rec := r.receipts()
	r.keeper()
	var held *Frame
	var let func(error)
	r.sink(Queue{}).write = func(_ context.Context, f *Frame) error {
		held, let = f.Retain(), f.Hold()
		return nil
	}
	run := r.runner()
	if err := run.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	if got := rec.of(0); got != nil {
		t.Errorf("settled while it is held: %v", got)
	}
	let(errors.New("disk full"))
	held.Release()
	rec.each(t, always(delivered))
	r.settled()
}

func TestHoldOfAFrameOutsideOfAChain(t *testing.T) {
	f := NewPool().Get(1)
	f.Hold()(errors.New("nobody is told"))
	f.Release()
}

// Outputs that keep or confirm decide; what the others do with a picture does not matter where there are
// such.
func TestWhoDecides(t *testing.T) {
	refusal := fmt.Errorf("no: %w", ErrSkip)
	bgr := Format{Codec: CodecRaw, Layout: LayoutBGR}
	for _, c := range []struct {
		name  string
		chain func(r *rig)
		want  string // for the third picture
	}{
		{"a keeper refuses", func(r *rig) { r.keeper().write = on(2, refusal); r.sink(Queue{}) }, refusedIt},
		{"another one refuses", func(r *rig) { r.keeper(); r.sink(Queue{}).write = on(2, refusal) }, delivered},
		{"another one holds it and refuses", func(r *rig) {
			r.keeper()
			r.sink(Queue{}).write = func(ctx context.Context, f *Frame) error {
				f.Hold()(on(2, refusal)(ctx, f))
				return nil
			}
		}, delivered},
		{"one of two keepers refuses", func(r *rig) { r.keeper(); r.keeper().write = on(2, refusal) }, refusedIt},
		{"a receiver refuses", func(r *rig) { r.sender().write = on(2, refusal); r.sink(Queue{}) }, refusedIt},
		{"beside a sender another refuses", func(r *rig) { r.sender(); r.sink(Queue{}).write = on(2, refusal) }, delivered},
		{"beside a sender a keeper refuses", func(r *rig) { r.sender(); r.keeper().write = on(2, refusal) }, refusedIt},
		{"a filter refuses", func(r *rig) {
			r.filter(&fakeFilter{apply: func(_ context.Context, in, _ *Frame) error { return on(2, refusal)(nil, in) }})
			r.keeper()
		}, refusedIt},
		{"a filter leaves it out", func(r *rig) {
			r.filter(&fakeFilter{apply: func(_ context.Context, in, _ *Frame) error { return on(2, ErrSkip)(nil, in) }})
			r.keeper()
		}, delivered},
		{"a decoder for another refuses", func(r *rig) {
			r.source(AnyJPEG)
			r.src.count(6, JPEG(4, 4), true)
			r.reg = mustRegistry(r.t, refusingDecoder(2))
			r.keeper(AnyJPEG)
			r.sink(Queue{}, bgr)
		}, delivered},
		{"a decoder for a keeper refuses", func(r *rig) {
			r.source(AnyJPEG)
			r.src.count(6, JPEG(4, 4), true)
			r.reg = mustRegistry(r.t, refusingDecoder(2))
			r.sink(Queue{}, AnyJPEG)
			r.keeper(bgr)
		}, refusedIt},
		{"a decoder for another, who is not there", func(r *rig) {
			r.source(AnyJPEG)
			r.src.count(6, JPEG(4, 4), false)
			r.keeper(AnyJPEG)
			r.chain.Outputs[0].Queue = Queue{WhenFull: Block}
			r.sink(Queue{}, bgr).wanted = func() bool { return false }
		}, delivered},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t)
			r.src.count(6, small, true)
			c.chain(r)
			rec := r.receipts()
			if _, err := r.run(); err != nil {
				t.Fatal(err)
			}
			rec.each(t, except(2, c.want))
		})
	}
}

// refusingDecoder refuses one picture.
func refusingDecoder(n int) Spec {
	return FilterSpec[noConfig]{
		Kind: KindDecoder, Name: "jpeg",
		New: func(_ *noConfig, env Env) (Filter, error) {
			return &fakeFilter{gives: env.Want[0], apply: func(_ context.Context, in, _ *Frame) error {
				return on(n, fmt.Errorf("broken: %w", ErrSkip))(nil, in)
			}}, nil
		},
	}.Spec()
}

func TestStopInMidWay(t *testing.T) {
	for _, workers := range []int{1, 3} {
		synctest.Test(t, func(t *testing.T) {
			r := newRig(t)
			r.src.count(1<<12, small, true)
			rec := r.receipts()
			r.encode(workers, func() *fakeFilter { return &fakeFilter{gives: AnyJPEG} })
			sink := r.sink(Queue{})
			sink.write = func(ctx context.Context, f *Frame) error {
				if number(f) < 5 {
					return nil
				}
				<-ctx.Done() // stuck until everything is cancelled
				return ctx.Err()
			}
			run := r.runner()
			time.AfterFunc(time.Second, run.Stop)
			if err := run.Run(context.Background()); err != nil {
				t.Error(err)
			}
			rec.each(t, func(n int) string {
				if n < 5 {
					return delivered
				}
				return again
			})
			if got := run.Report().State; got != StateStopped {
				t.Errorf("state %q", got)
			}
			r.settled()
		})
	}
}

// A filter that gives up when everything is cancelled has not failed.
func TestCancelledFilterHasNotFailed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.src.count(1<<12, small, true)
		rec := r.receipts()
		r.filter(&fakeFilter{apply: func(ctx context.Context, _, _ *Frame) error {
			<-ctx.Done()
			return fmt.Errorf("wait for a neighbour: %w", ctx.Err())
		}})
		r.sink(Queue{})
		run := r.runner()
		time.AfterFunc(time.Second, run.Stop)
		if err := run.Run(context.Background()); err != nil {
			t.Error(err)
		}
		rec.each(t, always(again))
		if got := run.Report().State; got != StateStopped {
			t.Errorf("state %q", got)
		}
		r.settled()
	})
}

func TestPanicsAndFailuresAreToldOf(t *testing.T) {
	boom := func(_ context.Context, f *Frame) error {
		if number(f) == 2 {
			panic("boom")
		}
		return nil
	}
	for name, chain := range map[string]func(r *rig){
		"panic of a sink":   func(r *rig) { r.sink(Queue{}).write = boom },
		"failure of a sink": func(r *rig) { r.sink(Queue{}).write = on(2, errors.New("disk full")) },
		"panic of an encoder": func(r *rig) {
			r.encode(1, func() *fakeFilter {
				return &fakeFilter{apply: func(ctx context.Context, in, _ *Frame) error { return boom(ctx, in) }}
			})
			r.sink(Queue{})
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.src.count(1<<12, small, true)
			chain(r)
			rec := r.receipts()
			if err := r.runner().Run(context.Background()); err == nil {
				t.Error("the pipeline did not fail")
			}
			got := rec.all(t)
			if got[0] != delivered || got[1] != delivered || got[2] != again {
				t.Errorf("the first three: %s, %s, %s", got[0], got[1], got[2])
			}
			if left := slices.Collect(maps.Values(got)); slices.Contains(left, refusedIt) {
				t.Error("a picture counts as refused because the pipeline failed")
			}
		})
	}
}

// heldFilter gives frames that it was given before: each three times, or one later.
type heldFilter struct {
	last   *Frame
	delays bool
	n      int
}

func (x *heldFilter) Apply(_ context.Context, f *Frame) (*Frame, error) {
	x.n++
	if x.delays {
		last := x.last
		x.last = f.Retain()
		if last == nil {
			return nil, ErrSkip
		}
		return last, nil
	}
	if x.n%3 == 1 {
		if x.last != nil {
			x.last.Release()
		}
		x.last = f.Retain()
	}
	return x.last.Retain(), nil
}

func (x *heldFilter) Close() error {
	if x.last != nil {
		x.last.Release()
	}
	return nil
}

func TestFiltersThatKeepFrames(t *testing.T) {
	for _, delays := range []bool{false, true} {
		r := newRig(t)
		r.src.count(9, small, true)
		rec := r.receipts()
		spec := FilterSpec[noConfig]{Name: "held", New: func(*noConfig, Env) (Filter, error) {
			return &heldFilter{delays: delays}, nil
		}}
		r.chain.Filters = []Node{{Spec: spec.Spec(), Config: &noConfig{}, Path: "filters.0"}}
		refusal := fmt.Errorf("no: %w", ErrSkip)
		seen := 0
		sink := r.sink(Queue{})
		sink.write = func(context.Context, *Frame) error {
			if seen++; seen == 5 {
				return refusal
			}
			return nil
		}
		if _, err := r.run(); err != nil {
			t.Fatal(err)
		}
		refused := 4 // the fifth to arrive
		if delays {
			refused = 5
		}
		rec.each(t, except(refused, refusedIt))
	}
}

func TestSourceKnowsWhatTheOutputsAre(t *testing.T) {
	for _, c := range []struct {
		name      string
		chain     func(r *rig)
		confirmed bool
		keepers   int
	}{
		{"plain", func(r *rig) { r.sink(Queue{}) }, false, 0},
		{"keepers", func(r *rig) { r.keeper(); r.sink(Queue{}); r.keeper() }, false, 2},
		{"a sender", func(r *rig) { r.sink(Queue{}); r.sender() }, true, 0},
		{"a filter between", func(r *rig) { r.filter(&fakeFilter{}); r.keeper(); r.sender() }, true, 0},
		{"an encoder between", func(r *rig) {
			r.encode(1, func() *fakeFilter { return &fakeFilter{} })
			r.keeper()
		}, false, 0},
	} {
		r := newRig(t)
		c.chain(r)
		r.runner()
		if env := r.src.env; env.Confirmed != c.confirmed || len(env.Keepers) != c.keepers {
			t.Errorf("%s: confirmed %t, %d keepers", c.name, env.Confirmed, len(env.Keepers))
		}
	}
}

// The cause of a refusal is told in the log too, once a second.
func TestRefusalsAreLogged(t *testing.T) {
	r := newRig(t)
	r.src.count(5, small, true)
	rec := r.receipts()
	r.keeper().write = func(context.Context, *Frame) error { return fmt.Errorf("no room: %w", ErrSkip) }
	run, err := r.run()
	if err != nil {
		t.Fatal(err)
	}
	rec.each(t, always(refusedIt))
	if got := strings.Count(r.log.String(), `frame skipped: cause="no room"`); got != 1 {
		t.Errorf("told %d times:\n%s", got, r.log)
	}
	if got := run.Report().Stages[1]; got.Errors != 5 || got.FramesOut != 0 {
		t.Errorf("sink %+v", got)
	}
}
