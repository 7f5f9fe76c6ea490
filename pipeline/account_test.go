package pipeline

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// accountant is a fakeSource that gives account and has a progress.
type accountant struct {
	*fakeSource
	account  func() error
	asked    int
	progress *Progress
}

var (
	_ Accounter  = (*accountant)(nil)
	_ Progresser = (*accountant)(nil)
)

func (s *accountant) Account() error {
	s.asked++
	return s.account()
}

func (s *accountant) Progress() (Progress, bool) {
	if s.progress == nil {
		return Progress{}, false
	}
	return *s.progress, true
}

// accounts has the rig's source give account.
func (r *rig) accounts(account func() error) *accountant {
	s := &accountant{fakeSource: r.src, account: account}
	r.chain.Input.Spec.newSource = func(_ any, env Env) (Source, error) {
		r.src.env = env
		return s, nil
	}
	return s
}

var errMissing = errors.New("1 of 3 photos is not confirmed: a.jpg")

func TestAccountFailsThePipeline(t *testing.T) {
	const failure = "source fake: 1 of 3 photos is not confirmed: a.jpg"
	for _, c := range []struct {
		name    string
		account error
		stop    bool
		state   State
	}{
		{"all there", nil, false, StateEnded},
		{"all there when it was stopped", nil, true, StateStopped},
		{"something is missing", errMissing, false, StateFailed},
		{"something is missing when it was stopped", errMissing, true, StateFailed},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t)
			r.src.count(3, small, true)
			sink := r.sink(Queue{})
			src := r.accounts(func() error {
				if r.src.closed != 1 || sink.closed != 1 {
					t.Error("asked before every stage has closed")
				}
				return c.account
			})
			if c.stop {
				read := r.src.read
				r.src.read = func(ctx context.Context) (*Frame, error) {
					f, err := read(ctx)
					if errors.Is(err, ErrEnd) {
						<-ctx.Done()
						return nil, ctx.Err()
					}
					return f, err
				}
				sink.got = make(chan struct{}, 3)
			}
			run := r.runner()
			done := make(chan error, 1)
			go func() { done <- run.Run(context.Background()) }()
			if c.stop {
				<-sink.got
				run.Stop()
			}
			err := <-done
			want := ""
			if c.account != nil {
				want = failure
			}
			if (err == nil) != (want == "") || err != nil && err.Error() != want {
				t.Errorf("Run gives %v, want %q", err, want)
			}
			if rep := run.Report(); rep.State != c.state || rep.Error != want {
				t.Errorf("state %q, error %q", rep.State, rep.Error)
			}
			if src.asked != 1 {
				t.Errorf("asked %d times", src.asked)
			}
		})
	}
}

// A pipeline that failed for another reason says that, and what is missing too.
func TestAccountOfAFailedPipelineIsTold(t *testing.T) {
	r := newRig(t)
	r.src.count(3, small, true)
	r.sink(Queue{}).write = func(context.Context, *Frame) error { return errors.New("disk full") }
	r.accounts(func() error { return errMissing })
	_, err := r.run()
	if err == nil || err.Error() != "sinks.0 fake: disk full" {
		t.Errorf("Run gives %v", err)
	}
	if want := `not everything was delivered: cause="1 of 3 photos is not confirmed: a.jpg"`; !strings.Contains(r.log.String(), want) {
		t.Errorf("the log does not say %s:\n%s", want, r.log)
	}
}

func TestAccountThatPanics(t *testing.T) {
	r := newRig(t)
	r.sink(Queue{})
	r.accounts(func() error { panic("boom") })
	if _, err := r.run(); err == nil || err.Error() != "source fake: panic: boom" {
		t.Errorf("Run gives %v", err)
	}
}

// A source that was left behind in Read is not asked: it might answer with half of the truth.
func TestAccountOfASourceThatIsStuck(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		release := make(chan struct{})
		r.src.read = func(context.Context) (*Frame, error) { // looks at no context
			<-release
			return nil, ErrEnd
		}
		r.sink(Queue{})
		src := r.accounts(func() error { return nil })
		run := r.runner()
		time.AfterFunc(time.Second, run.Stop)
		err := run.Run(context.Background())
		if want := "source fake: does not return, so it is not known what was delivered"; err == nil || err.Error() != want {
			t.Errorf("Run gives %v, want %s", err, want)
		}
		if src.asked != 0 {
			t.Error("asked while it reads")
		}
		close(release)
		synctest.Wait()
	})
}

func TestProgressIsReported(t *testing.T) {
	r := newRig(t)
	r.sink(Queue{})
	src := r.accounts(func() error { return nil })
	run := r.runner()
	if got := run.Report().Progress; got != nil {
		t.Errorf("a source with nothing to tell reports %+v", got)
	}
	src.progress = &Progress{Unit: "photos", Done: 12, Total: 40, Refused: 1, Bytes: 30_100_000, TotalBytes: 100_200_000}
	if err := run.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(run.Report())
	if err != nil {
		t.Fatal(err)
	}
	want := `"progress":{"unit":"photos","done":12,"total":40,"refused":1,"bytes":30100000,"total_bytes":100200000}`
	if !strings.Contains(string(text), want) {
		t.Errorf("the report is %s, want %s in it", text, want)
	}
}

func TestNotesAreReported(t *testing.T) {
	r := newRig(t)
	sink := r.sink(Queue{})
	var env Env
	r.chain.Outputs[0].Spec.newSink = func(_ any, e Env) (Sink, error) {
		env = e
		return sink, nil
	}
	run := r.runner()
	for _, note := range []string{"", "disk full in 3 d 4 h", ""} {
		env.Note(note)
		text, err := json.Marshal(run.Report().Stages[1])
		if err != nil {
			t.Fatal(err)
		}
		if got := run.Report().Stages[1].Note; got != note || strings.Contains(string(text), "note") != (note != "") {
			t.Errorf("the note is %q, want %q: %s", got, note, text)
		}
	}
	if err := run.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
}

func TestBarIsHandedOn(t *testing.T) {
	r := newRig(t)
	r.sink(Queue{})
	plan, err := NewPlan(r.chain, r.reg)
	if err != nil {
		t.Fatal(err)
	}
	for _, bar := range []bool{true, false} {
		if _, err := NewRunner(plan, Options{Pool: r.pool, Bar: bar}); err != nil {
			t.Fatal(err)
		}
		if r.src.env.Bar != bar {
			t.Errorf("the source is told %t, want %t", r.src.env.Bar, bar)
		}
	}
}
