package pipeline

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// step is a running stage in the middle of a chain: a filter, an encoder or a decoder. Frames come by
// push, wait in its edge, are worked on by one or several workers, and leave by emit in the order in which
// they came.
type step struct {
	*stage
	in      *edge
	workers []Filter
	makes   []Format // frames that match pass untouched
	emit    func(*Frame)
	behind  *fanOut // the outputs that it works for
	after   func()  // called after the last emit, unless everything was cancelled
	abandon func(*Frame)
	fail    func(*stage, error)

	failed   atomic.Bool  // what still comes is given up
	inflight atomic.Int64 // frames in the edge, with a worker, or waiting for their turn
}

// workerCount is how many workers a planned step gets.
func (p planStep) workerCount() int {
	n := 1
	switch {
	case p.spec.workers != nil:
		n = p.spec.workers(p.cfg)
	case p.node == nil:
		n = 0
	}
	if n <= 0 {
		n = runtime.GOMAXPROCS(0)
	}
	return n
}

// push takes a frame over. One that already is what the step makes goes straight on, as long as no frame
// before it is still on its way.
func (s *step) push(ctx context.Context, f *Frame) {
	if s.inflight.Load() == 0 && s.fits(f) {
		s.pass(f)
		return
	}
	s.inflight.Add(1)
	s.in.put(ctx, f)
}

func (s *step) fits(f *Frame) bool {
	return slices.ContainsFunc(s.makes, f.Format.Matches)
}

func (s *step) pass(f *Frame) {
	s.countIn(f)
	s.countOut(f)
	s.emit(f)
}

// run works until the edge is closed and empty, or ctx is done. It closes the workers.
func (s *step) run(ctx context.Context) {
	defer func() {
		if ctx.Err() == nil { // else the stage before may still push, and those behind look at ctx themselves
			s.after()
		}
	}()
	defer s.close()
	frames := newLineup(len(s.workers))
	var wg sync.WaitGroup
	for _, worker := range s.workers {
		wg.Go(func() {
			for j := frames.take(ctx, s.in); j != nil; j = frames.take(ctx, s.in) {
				s.apply(ctx, worker, j)
				frames.finish(j, s.settle)
			}
		})
	}
	wg.Wait()
}

func (s *step) apply(ctx context.Context, worker Filter, j *job) {
	switch {
	case s.failed.Load():
		j.out, j.err = nil, ErrSkip
		s.fault(j.in, errChainDown)
		return
	case s.fits(j.in):
		j.out, j.err = j.in.Retain(), nil
		return
	}
	s.touched.Store(true)
	j.err = s.guard(func() (err error) {
		j.out, err = worker.Apply(ctx, j.in)
		if err == nil && j.out == nil {
			return errNoFrame
		}
		return err
	})
	if j.err != nil && ctx.Err() != nil && errors.Is(j.err, ctx.Err()) { // no fault of its own
		s.fault(j.in, errStopped)
		s.counters.Dropped.Add(1)
		j.err = ErrSkip
	}
}

// settle sends a finished frame on, in its turn, or gives it up.
func (s *step) settle(j *job) {
	defer s.inflight.Add(-1)
	s.countIn(j.in)
	switch {
	case j.err == nil:
		j.out = onTrip(j.out, j.in.trip)
		j.in.Release()
		s.countOut(j.out)
		s.emit(j.out)
		return
	case errors.Is(j.err, ErrSkip):
		s.fault(j.in, j.err)
		s.skipped(j.err)
	default:
		s.fault(j.in, j.err)
		s.counters.Errors.Add(1)
		s.failed.Store(true)
		s.fail(s.stage, j.err)
	}
	s.abandon(j.in)
}

// onTrip gives a frame that goes on with that trip. A filter may make its frame of an earlier one, or give
// the same one several times, which then belongs to others too.
func onTrip(f *Frame, t *trip) *Frame {
	switch {
	case f.trip == t:
		return f
	case f.refs.Load() > 1:
		shared := f.Share()
		f.Release()
		f = shared
	}
	f.goOn(t)
	return f
}

func (s *step) close() {
	for _, worker := range s.workers {
		if err := s.guard(worker.Close); err != nil {
			s.fail(s.stage, err)
		}
	}
}

func (s *stage) countIn(f *Frame) {
	s.counters.FramesIn.Add(1)
	s.counters.BytesIn.Add(uint64(len(f.Data)))
}

func (s *stage) countOut(f *Frame) {
	s.counters.FramesOut.Add(1)
	s.counters.BytesOut.Add(uint64(len(f.Data)))
}
