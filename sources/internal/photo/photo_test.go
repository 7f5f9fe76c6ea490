package photo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hashicorp/go-hclog"
	"go.uber.org/goleak"

	"framewire/pipeline"
	"framewire/pipeline/pipelinetest"
	"framewire/pipeline/trigger"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// desk is a shutter with what it tells.
type desk struct {
	*Shutter
	pool *pipeline.Pool
	log  *bytes.Buffer
	note string
}

func open(t *testing.T, cfg Config, settle time.Duration, confirmed bool) *desk {
	t.Helper()
	d := &desk{pool: pipeline.NewPool(), log: new(bytes.Buffer)}
	env := pipelinetest.Env(t, d.pool)
	env.Log = hclog.New(&hclog.LoggerOptions{Output: d.log, DisableTime: true})
	env.Note, env.Confirmed = func(text string) { d.note = text }, confirmed
	if err := cfg.Check(); err != nil {
		t.Fatal(err)
	}
	d.Shutter = New(cfg, env, "camera", settle)
	if err := d.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

// take takes a picture that was captured now.
func (d *desk) take() *pipeline.Frame {
	f := d.pool.Get(1)
	f.Captured = time.Now()
	d.Take(f)
	return f
}

// press is somebody who asks for a picture.
func (d *desk) press(from string) {
	d.env.Control.Send(pipeline.Command{Action: pipeline.ActionTrigger, From: from})
	synctest.Wait()
}

// until waits for the next picture and gives how long that took.
func (d *desk) until(t *testing.T) time.Duration {
	t.Helper()
	begun := time.Now()
	if err := d.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	return time.Since(begun)
}

func TestClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := open(t, Config{Every: 10 * time.Second}, 0, false)
		for i, want := range []time.Duration{0, 10 * time.Second, 10 * time.Second} {
			if got := d.until(t); got != want {
				t.Errorf("picture %d after %s, want %s", i, got, want)
			}
			f := d.take()
			name := fmt.Sprintf("camera-%s-%06d.jpg", f.Captured.Local().Format("2006-01-02-15-04-05"), i+1)
			if f.Meta.Name != name || !f.Lossless || !f.Key || f.Confirm || f.Settled != nil {
				t.Errorf("%+v, want %s", f.Meta, name)
			}
			f.Release()
		}
		if d.note != "3 taken" {
			t.Errorf("note %q", d.note)
		}
	})
}

func TestClockAfterTheChainWasHeldUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := open(t, Config{Every: 10 * time.Second}, 0, false)
		d.until(t)
		d.take().Release()
		<-time.After(34 * time.Second) // two are left out, and the third is late
		if got := d.until(t); got != 0 {
			t.Errorf("the late one comes after %s", got)
		}
		d.take().Release()
		if got := d.until(t); got != 6*time.Second {
			t.Errorf("the next one comes after %s, want it in its time", got)
		}
		if n := d.env.Counters.Dropped.Load(); n != 2 || !strings.Contains(d.log.String(), "the source was away: missed=2") {
			t.Errorf("%d count as dropped, log %s", n, d.log)
		}
	})
}

func TestTriggers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := open(t, Config{Trigger: trigger.Config{Signal: true, Key: true}}, 0, false)
		for _, from := range []string{"signal", "key"} {
			go func() {
				<-time.After(5 * time.Second)
				d.press(from)
			}()
			if got := d.until(t); got != 5*time.Second {
				t.Errorf("%s: after %s", from, got)
			}
			d.take().Release()
			if want := "asked_by=" + from; !strings.Contains(d.log.String(), want) {
				t.Errorf("the log does not say %s: %s", want, d.log)
			}
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		if err := d.Wait(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a picture that nobody asked for: %v", err)
		}
	})
}

// TestEachPressIsAPicture has three quick ones taken one after the other, beside those of the clock.
func TestEachPressIsAPicture(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := open(t, Config{Every: time.Minute, Trigger: trigger.Config{Key: true}}, 0, false)
		for range 3 {
			d.press("key")
		}
		for i, want := range []time.Duration{0, 0, 0, 0, time.Minute} {
			if got := d.until(t); got != want {
				t.Errorf("picture %d after %s, want %s", i, got, want)
			}
			d.take().Release()
		}
	})
}

// TestAPictureIsYoungerThanItsPress looks at pictures as they come from a camera.
func TestAPictureIsYoungerThanItsPress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := open(t, Config{Trigger: trigger.Config{Key: true}}, time.Second, false)
		d.press("key")
		begun := time.Now()
		for d.Wants(time.Now()) == false {
			<-time.After(300 * time.Millisecond)
		}
		if got := time.Since(begun); got != 1200*time.Millisecond {
			t.Errorf("taken after %s: before the exposure has settled, or long after", got)
		}
		d.take().Release()
		captured := time.Now()
		<-time.After(20 * time.Millisecond)
		d.press("key")
		if d.Wants(captured) {
			t.Error("a picture is taken that was captured before it was asked for")
		}
		<-time.After(20 * time.Millisecond)
		if !d.Wants(time.Now()) {
			t.Error("the next one is not taken")
		}
	})
}

func TestAskedBeforeTheSourceWasLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := open(t, Config{Trigger: trigger.Config{Key: true}}, time.Second, false)
		d.press("key")
		d.Wants(time.Now())
		if err := errors.Join(d.Close(), d.Open(t.Context())); err != nil {
			t.Fatal(err)
		}
		if got := d.until(t); got != time.Second {
			t.Errorf("taken after %s, want it when the exposure has settled again", got)
		}
	})
}

func TestLimiter(t *testing.T) {
	l := limiter{interval: time.Second, most: 2}
	now := time.Unix(100, 0)
	for i, want := range []string{"0 true", "0 true", "0 false", "0 false", "2 true", "0 true", "0 false"} {
		if i == 4 {
			now = now.Add(time.Second)
		}
		n, ok := l.tell(now)
		if got := fmt.Sprint(n, ok); got != want {
			t.Errorf("line %d: %s, want %s", i, got, want)
		}
	}
}

func TestTooManyPresses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := open(t, Config{Trigger: trigger.Config{Key: true}}, 0, false)
		for range 3 * maxAsked {
			d.press("key")
			d.Wants(time.Time{})
		}
		if n := len(d.asked); n != maxAsked {
			t.Errorf("%d wait, want %d", n, maxAsked)
		}
	})
}

func TestAccount(t *testing.T) {
	d := open(t, Config{Every: time.Second}, 0, true)
	settle := func(causes ...error) {
		for _, cause := range causes {
			f := d.take()
			if !f.Confirm {
				t.Error("it is not to be confirmed")
			}
			f.Meta.Name = "" // the frame is gone when it is settled
			f.Settled(cause)
			f.Release()
		}
	}
	settle(nil, nil)
	if err := d.Accounts(); err != nil || d.note != "2 taken, 2 confirmed" {
		t.Errorf("%v, note %q", err, d.note)
	}
	settle(fmt.Errorf("the disk is full: %w", pipeline.ErrSkip), errors.New("stopped before it was delivered"))
	first, second := d.ledger.lost[0], d.ledger.lost[1]
	if !strings.HasPrefix(first, "camera-") || !strings.HasSuffix(first, "-000003.jpg (refused: the disk is full)") {
		t.Errorf("got %q", first)
	}
	if err := d.Accounts(); err == nil || err.Error() != "2 of 4 pictures are not confirmed: "+first+", "+second {
		t.Errorf("got %v", err)
	}
	for range 20 {
		settle(errors.New("stopped"))
	}
	if err := d.Accounts(); err == nil || !strings.HasPrefix(err.Error(), "22 of 24 pictures") || !strings.HasSuffix(err.Error(), ", 12 more") {
		t.Errorf("got %v", err)
	}
	if n := d.env.Counters.Errors.Load(); n != 22 {
		t.Errorf("%d count as errors", n)
	}
}

func TestAPictureThatWasNeverSettled(t *testing.T) {
	d := open(t, Config{Every: time.Second}, 0, true)
	d.take().Release()
	if err := d.Accounts(); err == nil || err.Error() != "1 of 1 pictures are not confirmed" {
		t.Errorf("got %v", err)
	}
}

func TestCheck(t *testing.T) {
	cfg := Config{Every: time.Millisecond, Trigger: trigger.Config{Motion: true, HTTP: "x"}}
	want := "every: 1ms is below 10ms (0 takes none by the clock; for a live stream leave it out and set fps)\n" +
		"trigger.motion: a source comes before the filter that sees motion (record the stream, and set it at the sink file)\n" +
		`trigger.http: "x" is not an address (write HOST:PORT on this machine, such as 127.0.0.1:8099)`
	if err := cfg.Check(); err == nil || err.Error() != want {
		t.Errorf("got %v\nwant %s", err, want)
	}
	if err := (Config{}).Check(); err != nil || (Config{}).Photos() || !cfg.Photos() {
		t.Errorf("the zero config: %v", err)
	}
}

func TestAddressInUse(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	cfg := Config{Trigger: trigger.Config{HTTP: listener.Addr().String()}}
	s := New(cfg, pipelinetest.Env(t, pipeline.NewPool()), "camera", 0)
	if err := s.Open(t.Context()); err == nil || !strings.Contains(err.Error(), "the address is in use") {
		t.Errorf("got %v", err)
	}
}
