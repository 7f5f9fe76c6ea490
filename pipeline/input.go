package pipeline

import (
	"context"
	"errors"
	"time"
)

// input is the running source or receive with its goroutine.
type input struct {
	*stage
	r      *Runner
	source Source
	next   func(*Frame)
	after  func() // called once, after the last frame
	closed bool   // it was lost and could not be opened again
}

// run opens the source and reads until it ends, is stopped or fails. ctx is done as soon as the pipeline
// is to stop.
func (in *input) run(ctx context.Context) {
	defer in.after()
	opened := func() error { return in.source.Open(ctx) }
	if err := in.r.openWithRetry(ctx, in.stage, false, opened); err != nil {
		in.opening(ctx, err)
		return
	}
	defer func() { in.close() }()

	var seq, number uint64
	for ctx.Err() == nil {
		f, err := in.read(ctx)
		switch {
		case err == nil:
			if in.kind == KindSource {
				f.Stream, f.Seq = in.r.stream, seq
				seq++
			}
			if f.Captured.IsZero() {
				f.Captured = in.r.now()
			}
			in.backoff.Reset()
			in.countOut(f)
			f.goOn(newTrip(number, f, in.r.record, &in.r.trips))
			number++
			in.next(f)
		case errors.Is(err, ErrEnd):
			in.log.Debug("ended")
			in.r.stop(stopEnd)
			return
		case ctx.Err() != nil:
			return
		case errors.Is(err, ErrSkip):
			in.skipped(err)
		case errors.Is(err, ErrLost):
			in.tellLost(err)
			in.close()
			if err := in.r.openWithRetry(ctx, in.stage, true, opened); err != nil {
				in.closed = true
				in.opening(ctx, err)
				return
			}
			in.counters.Reconnects.Add(1)
			in.log.Info("is back")
		default:
			in.counters.Errors.Add(1)
			in.r.fail(in.stage, err)
			return
		}
	}
}

// opening handles an Open that gave up.
func (in *input) opening(ctx context.Context, err error) {
	switch {
	case errors.Is(err, ErrEnd):
		in.r.stop(stopEnd)
	case ctx.Err() == nil:
		in.counters.Errors.Add(1)
		in.r.fail(in.stage, err)
	}
}

// read calls the source. The time it takes is waiting, not work, so it is not counted as busy.
func (in *input) read(ctx context.Context) (f *Frame, err error) {
	busy := in.busy.Load()
	err = in.guard(func() (err error) {
		f, err = in.source.Read(ctx)
		if err == nil && f == nil {
			return errNoFrame
		}
		return err
	})
	in.busy.Store(busy)
	return f, err
}

func (in *input) close() {
	if in.closed {
		return
	}
	if err := in.guard(in.source.Close); err != nil {
		in.log.Warn("closing", "error", err)
	}
}

// openWithRetry opens a stage, with a growing pause after each try that may succeed later: those whose
// error wraps ErrLost, and, once the stage had been open, all but ErrEnd and panics. The pauses begin small
// again only when the stage has handled a frame.
func (r *Runner) openWithRetry(ctx context.Context, s *stage, again bool, open func() error) error {
	var waiting faultLog
	for tries := 1; ; tries++ {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if again || tries > 1 {
			if err := s.backoff.Wait(ctx); err != nil {
				return err
			}
		}
		err := s.guard(open)
		var panicked *PanicError
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.As(err, &panicked), errors.Is(err, ErrEnd), !again && !errors.Is(err, ErrLost):
			return err
		}
		if _, ok := waiting.tell(time.Now(), 10*time.Second); ok {
			s.log.Warn("cannot be opened yet, trying again", "cause", Cause(err), "tries", tries)
		}
	}
}
