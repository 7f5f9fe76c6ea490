package pipelinetest

import (
	"bytes"
	"io"
	"sync"
	"testing"

	"github.com/hashicorp/go-hclog"

	"framewire/pipeline"
)

// Env gives what a plugin gets from the engine when it is made: a logger, the pool, counters, and an edge
// of two frames. Main and Want are left to the caller.
func Env(t testing.TB, pool *pipeline.Pool) pipeline.Env {
	return pipeline.Env{
		Pipeline: "test",
		Log:      Logger(t),
		Pool:     pool,
		Counters: new(pipeline.Counters),
		Queue:    pipeline.Queue{Size: 2},
		Advise:   func(pipeline.Advice) {},
		Advice:   func() pipeline.Advice { return pipeline.Advice{Quality: 100, Every: 1} },
		Control:  pipeline.NewControl(),
		Note:     func(string) {},
		View:     func() (width, height int) { return 0, 0 },
	}
}

// Logger gives a logger that writes to the test's log. What is logged after the end of the test is
// dropped, so a goroutine that is late does not panic.
func Logger(t testing.TB) hclog.Logger {
	w := &logWriter{t: t}
	t.Cleanup(w.close)
	return hclog.New(&hclog.LoggerOptions{Level: hclog.Debug, Output: w, DisableTime: true})
}

type logWriter struct {
	mu     sync.Mutex
	t      testing.TB
	closed bool
}

var _ io.Writer = (*logWriter)(nil)

func (w *logWriter) Write(line []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.closed {
		w.t.Logf("%s", bytes.TrimRight(line, "\n"))
	}
	return len(line), nil
}

func (w *logWriter) close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closed = true
}
