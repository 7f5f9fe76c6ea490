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
	fn       func()
	once     *sync.Once // decides between running and giving up
	done     chan struct{}
	panicked *any // what fn panicked with, for the one who asked
}

func (j mainJob) run() {
	defer close(j.done)
	defer func() { *j.panicked = recover() }()
	j.once.Do(j.fn)
}

func (j mainJob) result() error {
	if v := *j.panicked; v != nil {
		panic(v)
	}
	return nil
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
			job.run()
		case <-ctx.Done():
			return
		}
	}
}

// Do runs fn on the first thread and waits for it. When ctx ends first it returns ctx's error; fn then
// has not run and never will. A panic of fn goes on in the caller, who can name the stage.
func (l *MainLoop) Do(ctx context.Context, fn func()) error {
	job := mainJob{fn: fn, once: new(sync.Once), done: make(chan struct{}), panicked: new(any)}
	select {
	case l.jobs <- job:
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case <-job.done:
		return job.result()
	case <-ctx.Done():
		abandoned := false
		job.once.Do(func() { abandoned = true })
		if abandoned {
			return ctx.Err()
		}
		<-job.done
		return job.result()
	}
}
