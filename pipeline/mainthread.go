package pipeline

import (
	"context"
	"sync"
)

// MainLoop lends the process's first thread to those who need it. main locks itself to the thread and
// calls Run; stages call Do.
type MainLoop struct {
	jobs chan mainJob
}

type mainJob struct {
	fn   func()
	once *sync.Once // decides between running and giving up
	done chan struct{}
}

var _ MainThread = (*MainLoop)(nil)

// NewMainLoop gives a loop that is not yet running.
func NewMainLoop() *MainLoop { return &MainLoop{jobs: make(chan mainJob)} }

// Run runs the functions given to Do, one after another, until ctx is done. Call it from the first thread,
// locked by runtime.LockOSThread.
func (l *MainLoop) Run(ctx context.Context) {
	for {
		select {
		case job := <-l.jobs:
			job.once.Do(job.fn)
			close(job.done)
		case <-ctx.Done():
			return
		}
	}
}

// Do runs fn on the first thread and waits for it. When ctx ends first it returns ctx's error; fn then
// has not run and never will.
func (l *MainLoop) Do(ctx context.Context, fn func()) error {
	job := mainJob{fn: fn, once: new(sync.Once), done: make(chan struct{})}
	select {
	case l.jobs <- job:
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case <-job.done:
		return nil
	case <-ctx.Done():
		abandoned := false
		job.once.Do(func() { abandoned = true })
		if abandoned {
			return ctx.Err()
		}
		<-job.done
		return nil
	}
}
