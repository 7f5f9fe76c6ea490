package file

import (
	"context"
	"errors"
	"io"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"framewire/pipeline"
	"framewire/sources/file/demux"
	"framewire/sources/internal/pace"
)

// every40 gives the times of n pictures, 40 ms apart.
func every40(n int) []time.Duration {
	times := make([]time.Duration, n)
	for i := range times {
		times[i] = time.Duration(i) * 40 * ms
	}
	return times
}

// show is a source that plays on a goroutine of its own, and what came of it.
type show struct {
	t     *testing.T
	s     *source
	given chan time.Duration // since the beginning, for each picture
	count atomic.Int32
	note  atomic.Value
	err   chan error
	stop  context.CancelFunc
}

func showing(t *testing.T, cfg Config, info about, times ...time.Duration) *show {
	t.Helper()
	cfg.Path = "x"
	s, _, _ := reels(cfg, info, io.EOF, times...)
	sh := &show{t: t, s: s, given: make(chan time.Duration, 1000), err: make(chan error, 1)}
	sh.note.Store("")
	s.env.Note = func(text string) { sh.note.Store(text) }
	ctx, stop := context.WithCancel(t.Context())
	sh.stop = stop
	if err := s.Open(ctx); err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	go func() {
		for {
			f, err := s.Read(ctx)
			if err != nil {
				sh.err <- errors.Join(err, s.Close())
				return
			}
			f.Release()
			sh.count.Add(1)
			sh.given <- time.Since(begun)
		}
	}()
	return sh
}

// do sends a command and waits until it is done.
func (sh *show) do(action pipeline.Action, value float64) {
	sh.t.Helper()
	if !sh.s.env.Control.Send(pipeline.Command{Action: action, Value: value, From: "key"}) {
		sh.t.Fatalf("nobody hears %s", action)
	}
	synctest.Wait()
}

func (sh *show) wants(what string, count int, note string) {
	sh.t.Helper()
	synctest.Wait()
	if got := int(sh.count.Load()); got != count {
		sh.t.Errorf("%s: %d pictures, want %d", what, got, count)
	}
	if got := sh.note.Load(); note != "" && got != note {
		sh.t.Errorf("%s: note %q, want %q", what, got, note)
	}
}

func TestPauseAndStep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sh := showing(t, Config{Pace: pace.Realtime}, about{About: demux.About{Step: 40 * ms, Length: 4 * time.Second}}, every40(100)...)
		time.Sleep(1010 * ms)
		sh.wants("after a second", 26, "")
		sh.do(pipeline.ActionPause, 0)
		sh.wants("paused", 26, "0:01 / 0:04  paused")
		time.Sleep(time.Hour)
		sh.wants("an hour later", 26, "")
		for range 25 {
			sh.do(pipeline.ActionStep, 0)
		}
		time.Sleep(time.Hour)
		sh.wants("25 steps later", 51, "0:02 / 0:04  paused")
		sh.do(pipeline.ActionPause, 0)
		time.Sleep(75 * ms)
		sh.wants("going on", 53, "")
		time.Sleep(time.Hour)
		if err := <-sh.err; !errors.Is(err, pipeline.ErrEnd) {
			t.Errorf("ends with %v", err)
		}
		sh.stop()
	})
}

// The last picture is shown as long as any other, and for as long as it is paused at.
func TestTheEndWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sh := showing(t, Config{Pace: pace.Realtime}, about{About: demux.About{Step: 40 * ms}}, every40(3)...)
		begun := time.Now()
		if err := <-sh.err; !errors.Is(err, pipeline.ErrEnd) || time.Since(begun) != 120*ms {
			t.Errorf("ends after %s with %v, want 120ms", time.Since(begun), err)
		}
		sh.stop()

		sh = showing(t, Config{Pace: pace.Realtime}, about{About: demux.About{Step: 40 * ms}}, every40(3)...)
		for range 5 {
			sh.do(pipeline.ActionStep, 0)
		}
		time.Sleep(time.Hour)
		sh.wants("stepped beyond the end", 3, "0:00  paused")
		sh.do(pipeline.ActionSeek, -1)
		sh.wants("sought back from the end", 4, "0:00  paused")
		sh.do(pipeline.ActionPause, 0)
		if err := <-sh.err; !errors.Is(err, pipeline.ErrEnd) || sh.count.Load() != 6 {
			t.Errorf("ends after %d pictures with %v", sh.count.Load(), err)
		}
		sh.stop()
	})
}

func TestSpeed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sh := showing(t, Config{Pace: pace.Realtime, Speed: 2}, about{About: demux.About{Step: 40 * ms}}, every40(1000)...)
		for i := range 10 {
			if at := <-sh.given; at != time.Duration(i)*20*ms {
				t.Errorf("picture %d after %s", i, at)
			}
		}
		sh.do(pipeline.ActionSpeed, 4)
		time.Sleep(time.Second)
		sh.wants("8 times as fast", 10+200, "")
		for range 5 {
			sh.do(pipeline.ActionSpeed, 2) // 16, and not more
		}
		time.Sleep(500 * ms)
		sh.wants("16 times as fast", 10+200+200, "0:16  16x")
		for range 10 {
			sh.do(pipeline.ActionSpeed, 0.5)
		}
		if got := sh.note.Load(); got != "0:16  0.0625x" {
			t.Errorf("note %q", got)
		}
		sh.stop()
		<-sh.err
	})
}

func TestSeekWhilePausedShowsThePicture(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sh := showing(t, Config{Pace: pace.Realtime}, about{About: demux.About{Step: 40 * ms, Length: 40 * time.Second}}, every40(1000)...)
		sh.wants("the first", 1, "0:00 / 0:40")
		sh.do(pipeline.ActionPause, 0)
		sh.do(pipeline.ActionSeek, 10)
		sh.wants("forward", 2, "0:10 / 0:40  paused")
		sh.do(pipeline.ActionSeek, 100)
		sh.wants("behind the end", 3, "0:39 / 0:40  paused")
		sh.do(pipeline.ActionSeek, -10)
		sh.wants("back", 4, "0:29 / 0:40  paused")
		sh.do(pipeline.ActionSeek, -100)
		sh.wants("before the beginning", 5, "0:00 / 0:40  paused")
		time.Sleep(time.Hour)
		sh.wants("an hour later", 5, "")
		sh.do(pipeline.ActionPause, 0)
		time.Sleep(410 * ms)
		sh.wants("going on", 16, "")
		sh.stop()
		<-sh.err
	})
}

// Nobody can stop what is live, so that the window's own pause is left to the user.
func TestLiveListensToNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sh := showing(t, Config{Pace: pace.Realtime, Start: time.Second}, about{live: true}, every40(3)...)
		if sh.s.env.Control.Hears(pipeline.ActionPause) {
			t.Error("a live stream hears the pause")
		}
		<-sh.err
		sh.wants("live", 3, "")
		sh.stop()
	})
}

func TestReadStopsWithItsContext(t *testing.T) {
	for _, paused := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			sh := showing(t, Config{Pace: pace.Realtime}, about{}, 0, time.Hour)
			if paused {
				sh.do(pipeline.ActionPause, 0)
			}
			sh.stop()
			if err := <-sh.err; !errors.Is(err, context.Canceled) {
				t.Errorf("got %v", err)
			}
			if n := sh.s.env.Pool.Outstanding(); n != 0 {
				t.Errorf("%d frames are held", n)
			}
			if sh.s.env.Control.Hears(pipeline.ActionPause) {
				t.Error("a closed source still listens")
			}
		})
	}
}

func TestClock(t *testing.T) {
	for d, want := range map[time.Duration]string{0: "0:00", 59999 * ms: "0:59", time.Hour - 1: "59:59", 26*time.Hour + 3*time.Minute: "26:03:00"} {
		if got := clock(d); got != want {
			t.Errorf("%s: %q, want %q", d, got, want)
		}
	}
}
