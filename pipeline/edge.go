package pipeline

import (
	"context"
	"sync/atomic"
	"time"
)

// edge is the bounded queue in front of a stage: one goroutine puts, one gets. It owns the frames that
// wait in it.
type edge struct {
	frames   chan *Frame
	whenFull WhenFull
	maxAge   time.Duration
	stage    *stage // the one behind it, which the drops are counted for
	discard  func(*Frame)

	unwanted  atomic.Bool // the stage behind has all it wants: what waits is given up without a count
	satisfied atomic.Bool // and the pipeline goes on without it

	drops  atomic.Uint64 // frames dropped here
	stale  atomic.Uint64 // of those, because of maxAge, since the last look
	oldest atomic.Int64  // age of the oldest one dropped since the last look, nanoseconds
}

// newEdge makes an edge; discard gives up a frame that is dropped.
func newEdge(q Queue, stage *stage, discard func(*Frame)) *edge {
	return &edge{
		frames: make(chan *Frame, max(q.Size, 1)), whenFull: q.WhenFull, maxAge: q.MaxAge,
		stage: stage, discard: discard,
	}
}

// put hands a frame over. It blocks or makes room, as the edge is set; when ctx ends first the frame is
// dropped.
func (e *edge) put(ctx context.Context, f *Frame) {
	if e.blocks(f) {
		select {
		case e.frames <- f:
		default:
			select {
			case e.frames <- f:
			case <-ctx.Done():
				e.drop(f)
			}
		}
		return
	}
	for {
		select {
		case e.frames <- f:
			return
		default:
		}
		select {
		case old := <-e.frames:
			e.drop(old)
		default: // the other side was faster
		}
	}
}

func (e *edge) blocks(f *Frame) bool {
	return e.whenFull == Block || e.whenFull == Auto && f.Lossless
}

// get waits for the next frame that is young enough. It gives nil when the edge was closed and is empty,
// or when ctx is done; what is left then is dropped.
func (e *edge) get(ctx context.Context) *Frame {
	for {
		if ctx.Err() != nil {
			e.drain()
			return nil
		}
		select {
		case f, ok := <-e.frames:
			if !ok {
				return nil
			}
			if e.maxAge > 0 && !f.Captured.IsZero() && time.Since(f.Captured) > e.maxAge {
				e.stale.Add(1)
				e.drop(f)
				continue
			}
			return f
		case <-ctx.Done():
		}
	}
}

// close says that no frame will be put any more.
func (e *edge) close() { close(e.frames) }

// drain drops what waits, without waiting for more.
func (e *edge) drain() {
	for {
		select {
		case f, ok := <-e.frames:
			if !ok {
				return
			}
			e.drop(f)
		default:
			return
		}
	}
}

// whyUnwanted is what the source is told of a frame that the stage behind does not want any more. While other
// outputs go on, offering it again would change nothing.
func (e *edge) whyUnwanted() error {
	if e.satisfied.Load() {
		return errSatisfied
	}
	return errNotTaken
}

func (e *edge) drop(f *Frame) {
	if e.unwanted.Load() {
		e.stage.fault(f, e.whyUnwanted())
		e.discard(f)
		return
	}
	e.stage.fault(f, errDropped)
	e.stage.counters.Dropped.Add(1)
	e.drops.Add(1)
	if !f.Captured.IsZero() {
		age := int64(time.Since(f.Captured))
		for {
			old := e.oldest.Load()
			if age <= old || e.oldest.CompareAndSwap(old, age) {
				break
			}
		}
	}
	e.discard(f)
}
