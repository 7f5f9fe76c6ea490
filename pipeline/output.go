package pipeline

import (
	"context"
	"errors"
	"sync/atomic"
)

// output is a running sink or send with its edge and its goroutine.
type output struct {
	*stage
	r       *Runner
	sink    Sink
	in      *edge
	adviser adviser

	confirms bool          // what must arrive is confirmed from the other end
	opened   chan struct{} // closed after the first Open, whatever it gave
	closed   atomic.Bool   // wants no more frames
	isOpen   bool          // Open went well and Close was not called; only run's goroutine looks at it
}

// wanted reports whether frames are worth making for this output.
func (o *output) wanted() bool {
	if o.closed.Load() {
		return false
	}
	d, ok := o.sink.(Demander)
	if !ok {
		return true
	}
	yes := false
	if err := o.guard(func() error { yes = d.Wanted(); return nil }); err != nil {
		o.failed(err)
	}
	return yes
}

// push takes a frame over; a live one that nobody is there for is dropped.
func (o *output) push(ctx context.Context, f *Frame) {
	switch {
	case o.closed.Load():
		o.fault(f, o.in.whyUnwanted())
		o.r.giveUp(f)
	case !o.adviser.takes(f), !f.Lossless && !o.wanted():
		o.missed(f)
		o.fault(f, errDropped)
		o.r.giveUp(f)
	default:
		o.in.put(ctx, f)
		if o.closed.Load() { // meanwhile, and nobody takes it out any more
			o.in.drain()
		}
	}
}

// missed counts a live frame that this output did not get: one that it left out, or one for nobody.
func (o *output) missed(f *Frame) {
	if o.adviser.takes(f) {
		o.counters.Dropped.Add(1)
	} else {
		o.adviser.skipped.Add(1)
	}
}

// run opens the sink, writes until the edge is closed and empty, and closes the sink.
func (o *output) run(ctx context.Context) {
	defer func() {
		o.closed.Store(true)
		o.in.drain()
	}()
	err := o.open(ctx, false)
	close(o.opened)
	if err != nil {
		return
	}
	defer func() {
		if err := o.close(); err != nil {
			o.failed(err)
		}
	}()
	lossless := false
	for f := o.in.get(ctx); f != nil; f = o.in.get(ctx) {
		lossless = f.Lossless
		err := o.write(ctx, f)
		o.r.giveUp(f)
		if err != nil {
			return
		}
	}
	cutOff := lossless && ctx.Err() != nil // frames that must arrive were dropped: it is not complete
	if ender, ok := o.sink.(Ender); ok && o.r.reason() == stopEnd && !cutOff {
		if err := o.guard(func() error { return ender.End(ctx) }); err != nil && ctx.Err() == nil {
			o.failed(err)
		}
	}
}

// write hands one frame to the sink. An error that it returns means that this output is over.
func (o *output) write(ctx context.Context, f *Frame) error {
	o.countIn(f)
	lent := f
	if !o.decides && f.trip.settled != nil {
		lent = f.aside()
	}
	err := o.guard(func() error { return o.sink.Write(ctx, lent) })
	if lent != f {
		o.r.giveUp(lent)
	}
	switch {
	case err == nil:
		o.wrote(f)
		return nil
	case errors.Is(err, ErrSkip):
		o.fault(f, err)
		o.skipped(err)
		return nil
	case errors.Is(err, ErrEnd):
		o.fault(f, errNotTaken)
		o.log.Info("ends the pipeline", "cause", Cause(err))
		o.r.End()
	case errors.Is(err, ErrDone):
		o.wrote(f)
		o.log.Info("has all it wants")
		o.closed.Store(true)
		o.in.unwanted.Store(true)
		o.in.satisfied.Store(o.r.outputDone() > 0)
	case ctx.Err() != nil: // cancelled: this frame and what remains is dropped
		o.fault(f, errStopped)
		o.counters.Dropped.Add(1)
	case errors.Is(err, ErrLost):
		o.fault(f, err)
		return o.reopen(ctx, err)
	default:
		o.fault(f, err)
		o.failed(err)
	}
	return err
}

// wrote counts a frame that the sink has used.
func (o *output) wrote(f *Frame) {
	if o.kind != KindSend { // a transport counts what it really sends, over all peers
		o.countOut(f)
	}
	f.trip.wrote(o.r.now())
	o.backoff.Reset()
}

func (o *output) failed(err error) {
	o.counters.Errors.Add(1)
	o.r.fail(o.stage, err)
}

// open opens the sink, see openWithRetry.
func (o *output) open(ctx context.Context, again bool) error {
	err := o.r.openWithRetry(ctx, o.stage, again, func() error { return o.sink.Open(ctx) })
	o.isOpen = err == nil
	switch {
	case err == nil || ctx.Err() != nil:
	case errors.Is(err, ErrEnd):
		o.r.End()
	default:
		o.failed(err)
	}
	return err
}

func (o *output) reopen(ctx context.Context, why error) error {
	o.tellLost(why)
	if err := o.close(); err != nil { // no wonder: it is lost
		o.log.Debug("closing what was lost", "error", err)
	}
	if err := o.open(ctx, true); err != nil {
		return err
	}
	o.counters.Reconnects.Add(1)
	return nil
}

// close closes the sink, if it is open.
func (o *output) close() error {
	if !o.isOpen {
		return nil
	}
	o.isOpen = false
	return o.guard(o.sink.Close)
}
