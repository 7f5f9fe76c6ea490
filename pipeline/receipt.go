package pipeline

import (
	"errors"
	"fmt"
	"sync/atomic"
)

// What a source may be told of a picture that was not delivered. Frame.Settled gets them wrapped or bare.
var (
	errDropped   = errors.New("dropped on its way")
	errNotTaken  = errors.New("an output takes no more")
	errSatisfied = fmt.Errorf("an output there has all that it wants: %w", ErrSkip)
	errStopped   = errors.New("stopped before it was delivered")
	errChainDown = errors.New("the pipeline failed")
)

// errUnaccounted stands for the answer of a source that was left behind in a call.
var errUnaccounted = errors.New("does not return, so it is not known what was delivered")

// receipt collects what becomes of one picture, over all outputs that decide.
type receipt struct {
	settled func(error) // of the frame that the source gave; nil where it does not ask
	fault   atomic.Pointer[error]
}

// note remembers why the picture does not count as delivered; the first reason stays.
func (r *receipt) note(err error) {
	if r.settled != nil && err != nil {
		r.fault.CompareAndSwap(nil, &err)
	}
}

// settle tells the source, once the picture has gone its whole way.
func (r *receipt) settle() {
	if r.settled == nil {
		return
	}
	if fault := r.fault.Load(); fault != nil {
		r.settled(*fault)
		return
	}
	r.settled(nil)
}

// Hold keeps the picture from being settled until the function that it gives is called, once, from any
// goroutine: with nil when this output has delivered it, with an error that wraps ErrSkip when it never
// will, and with any other error when it did not. A sink calls Hold in Write, where it goes on with the
// frame after Write has returned; the frame itself it retains as usual.
func (f *Frame) Hold() func(error) {
	t := f.trip
	if t == nil {
		return func(error) {}
	}
	t.split(1)
	var done atomic.Bool
	return func(err error) {
		if done.CompareAndSwap(false, true) {
			t.note(err)
			t.finish()
		}
	}
}

// aside gives the frame to an output that does not decide: it may hold the picture, and what it says then
// does not count.
func (f *Frame) aside() *Frame {
	t := f.trip
	t.split(1)
	own := &trip{number: t.number, captured: t.captured}
	own.settled = func(error) { t.finish() }
	own.shares.Store(1)
	own.names.Store(1)
	d := f.Share()
	d.goOn(own)
	return d
}

// fault notes at the picture why this stage did not deliver it. Only stages that decide do; an ErrSkip
// without words means that the frame was not needed, and that is no fault.
func (s *stage) fault(f *Frame, err error) {
	if s.decides && err != ErrSkip && f.trip != nil {
		f.trip.note(err)
	}
}

// decide finds out which stages decide whether a picture was delivered: those that lead to an output that
// keeps or confirms pictures, or all where there is none.
func (r *Runner) decide() {
	any := false
	for _, o := range r.outputs {
		_, keeps := o.sink.(Keeper)
		o.decides = keeps || o.confirms
		any = any || o.decides
	}
	for _, o := range r.outputs {
		o.decides = o.decides || !any
	}
	for _, s := range r.steps {
		s.decides = s.behind.decides()
	}
}

func (fan *fanOut) decides() bool {
	for _, o := range fan.outs {
		if o.decides {
			return true
		}
	}
	for _, s := range fan.steps {
		if s.behind.decides() {
			return true
		}
	}
	return false
}
