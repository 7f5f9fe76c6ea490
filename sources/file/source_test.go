package file

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"framewire/pipeline"
	"framewire/sources/file/demux"
	"framewire/sources/internal/pace"
)

// reel is a player with pictures of one byte.
type reel struct {
	pool   *pipeline.Pool
	info   about
	times  []time.Duration
	at     int   // pictures that were given
	ends   error // after the last picture
	closed *int
}

func (r *reel) advance(context.Context) (time.Duration, error) {
	if r.at == len(r.times) {
		return 0, r.ends
	}
	r.at++
	return r.times[r.at-1], nil
}

func (r *reel) frame() (*pipeline.Frame, error) {
	f := r.pool.Get(1)
	f.Format, f.Key = pipeline.JPEG(1, 1), true
	return f, nil
}

func (r *reel) jump(_ context.Context, to time.Duration) (time.Duration, bool) {
	for r.at = 0; r.at < len(r.times) && r.times[r.at] <= to; r.at++ {
	}
	r.at = max(r.at-3, 0) // a little before
	return r.times[r.at], true
}

func (r *reel) about() about { return r.info }
func (r *reel) close() error { *r.closed++; return nil }

// reels gives a source whose clip is a new reel each time it is opened.
func reels(cfg Config, info about, ends error, times ...time.Duration) (s *source, openings, closings *int) {
	openings, closings = new(int), new(int)
	if cfg.Speed == 0 {
		cfg.Speed = 1
	}
	env := testEnv()
	s = newSource(cfg, env)
	s.open = func(context.Context, string) (player, error) {
		*openings++
		return &reel{pool: env.Pool, info: info, times: times, ends: ends, closed: closings}, nil
	}
	return s, openings, closings
}

func read(t *testing.T, s *source) time.Duration {
	t.Helper()
	f, err := s.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer f.Release()
	if f.Lossless != (s.cfg.Pace == pace.Fast) {
		t.Errorf("lossless %t with pace %s", f.Lossless, s.cfg.Pace)
	}
	return f.PTS
}

func TestRealtimeFollowsTheClipsTimes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _, _ := reels(Config{Path: "x", Pace: pace.Realtime}, about{}, io.EOF, 0, 40*ms, 500*ms)
		if err := s.Open(t.Context()); err != nil {
			t.Fatal(err)
		}
		begun := time.Now()
		for _, want := range []time.Duration{0, 40 * ms, 500 * ms} {
			if pts := read(t, s); pts != want || time.Since(begun) != want {
				t.Errorf("picture of %s came after %s, want %s", pts, time.Since(begun), want)
			}
		}
	})
}

func TestFastAndLiveDoNotWait(t *testing.T) {
	for name, c := range map[string]struct {
		pace pace.Pace
		info about
	}{"fast": {pace.Fast, about{}}, "live": {pace.Realtime, about{live: true}}} {
		synctest.Test(t, func(t *testing.T) {
			s, _, _ := reels(Config{Path: "x", Pace: c.pace}, c.info, io.EOF, 0, time.Minute)
			if err := s.Open(t.Context()); err != nil {
				t.Fatal(err)
			}
			begun := time.Now()
			if pts := read(t, s) + read(t, s); pts != time.Minute || time.Since(begun) != 0 {
				t.Errorf("%s: waited %s, PTS %s", name, time.Since(begun), pts)
			}
		})
	}
}

func TestLoopGoesOnInTime(t *testing.T) {
	s, openings, closings := reels(Config{Path: "x", Pace: pace.Fast, Loop: true}, about{About: demux.About{Step: 40 * ms}}, io.EOF, 0, 40*ms)
	if err := s.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	for i := range 10 {
		if pts := read(t, s); pts != time.Duration(i)*40*ms {
			t.Errorf("picture %d at %s", i, pts)
		}
	}
	if err := s.Close(); err != nil || *openings != 5 || *closings != 5 {
		t.Errorf("%d times opened, %d closed, want 5 (%v)", *openings, *closings, err)
	}
}

func TestEndAndEmpty(t *testing.T) {
	s, _, _ := reels(Config{Path: "x", Pace: pace.Fast}, about{}, io.EOF, 0)
	if err := s.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	read(t, s)
	for range 2 {
		if _, err := s.Read(t.Context()); !errors.Is(err, pipeline.ErrEnd) {
			t.Errorf("after the last picture: %v, want ErrEnd", err)
		}
	}
	for _, loop := range []bool{false, true} {
		s, _, _ = reels(Config{Path: "x.avi", Loop: loop}, about{}, io.EOF)
		if err := s.Open(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Read(t.Context()); err == nil || err.Error() != "x.avi holds no pictures that can be read" {
			t.Errorf("an empty clip with loop %t: %v", loop, err)
		}
	}
}

func TestReopeningGoesOnInTime(t *testing.T) {
	gone := fmt.Errorf("gone: %w", pipeline.ErrLost)
	s, _, _ := reels(Config{Path: "x", Pace: pace.Fast}, about{About: demux.About{Step: 40 * ms}}, gone, 0, 40*ms)
	for round := range 3 {
		if err := s.Open(t.Context()); err != nil {
			t.Fatal(err)
		}
		for i := range 2 {
			if pts, want := read(t, s), time.Duration(2*round+i)*40*ms; pts != want {
				t.Errorf("round %d: picture at %s, want %s", round, pts, want)
			}
		}
		if _, err := s.Read(t.Context()); !errors.Is(err, pipeline.ErrLost) {
			t.Errorf("round %d: %v, want ErrLost", round, err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestLane(t *testing.T) {
	l := newLane()
	ran := 0
	if err := l.do(t.Context(), func() { ran++ }); err != nil || ran != 1 {
		t.Fatalf("%v after %d calls", err, ran)
	}
	// A call that is stuck: who waits may leave, the next one waits for it, close leaves it behind.
	release := make(chan struct{})
	ctx, cancel := context.WithCancel(t.Context())
	if err := l.do(ctx, func() { cancel(); <-release }); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
	if err := l.do(ctx, func() { t.Error("ran with a context that was done") }); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
	last := make(chan struct{})
	if l.close(time.Millisecond, func() { close(last) }) {
		t.Fatal("close says that the stuck call has ended")
	}
	select {
	case <-last:
		t.Fatal("closed under a running call")
	default:
	}
	close(release)
	<-last

	l = newLane()
	ctx, cancel = context.WithCancel(t.Context())
	if err := l.do(ctx, cancel); err != nil && !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
	if err := l.do(t.Context(), func() { ran++ }); err != nil || ran != 2 {
		t.Fatalf("after a call that was left: %v, %d calls", err, ran)
	}
	if !l.close(time.Minute, func() { ran++ }) || ran != 3 {
		t.Error("close did not run the last call")
	}
}
