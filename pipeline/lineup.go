package pipeline

import (
	"context"
	"sync"
)

// lineup is how the workers of a step share its edge and keep the order. Each worker takes its frames itself,
// and the one that finishes the oldest sends it on, with all behind it that are ready: on the way from
// edge to edge a frame wakes nobody but the worker that takes it.
type lineup struct {
	turn chan struct{} // holds a token; who has it takes the next frame
	free chan *job     // not in line

	mu       sync.Mutex
	line     []*job // in hand, oldest first
	settling bool   // somebody sends the head of the line on
}

// job is one frame's way through a worker.
type job struct {
	in, out  *Frame
	err      error
	finished bool
}

// newLineup makes one for that many workers. One frame more than there are workers may be under way, so that
// none idles while the oldest is late.
func newLineup(workers int) *lineup {
	n := workers + 1
	l := &lineup{turn: make(chan struct{}, 1), free: make(chan *job, n), line: make([]*job, 0, n)}
	for range n {
		l.free <- &job{}
	}
	l.turn <- struct{}{}
	return l
}

// take waits for a frame, or gives nil when none will come.
func (l *lineup) take(ctx context.Context, e *edge) *job {
	<-l.turn
	defer func() { l.turn <- struct{}{} }()
	j := <-l.free // before the frame: one that waits in the edge is the newest
	*j = job{in: e.get(ctx)}
	if j.in == nil {
		l.free <- j
		return nil
	}
	l.mu.Lock()
	l.line = append(l.line, j)
	l.mu.Unlock()
	return j
}

// finish says that a job is done, and settles all whose turn has come. Only one worker at a time does that; the
// others go on with their next frames.
func (l *lineup) finish(j *job, settle func(*job)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	j.finished = true
	if l.settling {
		return
	}
	l.settling = true
	for len(l.line) > 0 && l.line[0].finished {
		head := l.line[0]
		l.mu.Unlock()
		settle(head)
		l.mu.Lock()
		l.line = l.line[:copy(l.line, l.line[1:])]
		l.free <- head
	}
	l.settling = false
}
