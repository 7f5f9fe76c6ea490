package pipeline

import (
	"fmt"
	"runtime/debug"
	"sync/atomic"
	"time"

	"github.com/hashicorp/go-hclog"
)

// stage is what the runner knows about one place in a running chain.
type stage struct {
	kind     Kind
	typ      string // the plugin's name
	path     string // its place in the config; empty for what the chain put in
	log      hclog.Logger
	counters *Counters
	note     atomic.Pointer[string]
	decides  bool         // what it does with a picture decides whether that counts as delivered
	busy     atomic.Int64 // nanoseconds spent inside the plugin
	touched  atomic.Bool  // a stage that the chain put in has really converted something
	faults   faultLog
	losses   faultLog
	backoff  Backoff // of opening again; only the stage's goroutine uses it
}

func newStage(kind Kind, typ, path string, log hclog.Logger) *stage {
	s := &stage{kind: kind, typ: typ, path: path, counters: &Counters{}}
	s.log = log.Named(string(kind) + " " + typ)
	return s
}

// name is how messages call the stage: "source camera", or "sinks.1 file" where there may be several.
func (s *stage) name() string {
	if s.kind == KindSink && s.path != "" {
		return s.path + " " + s.typ
	}
	return string(s.kind) + " " + s.typ
}

// setNote has a text stand beside the stage in the status line and the report.
func (s *stage) setNote(text string) { s.note.Store(&text) }

func (s *stage) noted() string {
	if text := s.note.Load(); text != nil {
		return *text
	}
	return ""
}

// guard calls into the plugin, counts the time, and turns a panic into an error that names the stage.
func (s *stage) guard(call func() error) (err error) {
	start := time.Now()
	defer func() {
		s.busy.Add(int64(time.Since(start)))
		if v := recover(); v != nil {
			err = &PanicError{Stage: s.name(), Value: v, Stack: debug.Stack()}
		}
	}()
	return call()
}

// wrap puts the stage's name on an error, unless it is there.
func (s *stage) wrap(err error) error {
	if p, ok := err.(*PanicError); ok {
		return p
	}
	return fmt.Errorf("%s: %w", s.name(), err)
}

// skipped handles an error that wraps ErrSkip: with words it counts and is told, bare it is silent.
func (s *stage) skipped(err error) {
	if err == ErrSkip {
		return
	}
	s.counters.Errors.Add(1)
	if n, ok := s.faults.tell(time.Now(), time.Second); ok {
		s.log.Warn("frame skipped", "cause", Cause(err), "since_last_told", n)
	}
}

// tellLost counts and tells that a device or connection went away.
func (s *stage) tellLost(err error) {
	s.counters.Errors.Add(1)
	if n, ok := s.losses.tell(time.Now(), time.Second); ok {
		s.log.Warn("lost, opening again", "cause", Cause(err), "times", n)
	}
}

// faultLog lets one message through in each interval and counts the others.
type faultLog struct {
	last  atomic.Int64
	count atomic.Uint64
}

func (l *faultLog) tell(now time.Time, interval time.Duration) (since uint64, ok bool) {
	l.count.Add(1)
	last := l.last.Load()
	if now.UnixNano()-last < int64(interval) || !l.last.CompareAndSwap(last, now.UnixNano()) {
		return 0, false
	}
	return l.count.Swap(0), true
}

// PanicError is a panic of a plugin, caught by the runner.
type PanicError struct {
	Stage string
	Value any
	Stack []byte
}

// Error names the stage and the value it panicked with.
func (e *PanicError) Error() string { return fmt.Sprintf("%s: panic: %v", e.Stage, e.Value) }
