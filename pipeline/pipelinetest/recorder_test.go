package pipelinetest

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// recorder stands in for a test whose failures are what we look for.
type recorder struct {
	testing.TB // the real test, for what is not recorded

	mu              sync.Mutex
	messages        []string
	failed, skipped bool
	cleanups        []func()
}

func (r *recorder) Helper() {}

func (r *recorder) Logf(string, ...any) {}

func (r *recorder) Errorf(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failed = true
	r.messages = append(r.messages, fmt.Sprintf(format, args...))
}

func (r *recorder) Fatalf(format string, args ...any) {
	r.Errorf(format, args...)
	runtime.Goexit()
}

func (r *recorder) Skipf(string, ...any) {
	r.skipped = true
	runtime.Goexit()
}

func (r *recorder) Failed() bool  { return r.failed }
func (r *recorder) Skipped() bool { return r.skipped }

func (r *recorder) Cleanup(fn func()) { r.cleanups = append(r.cleanups, fn) }

// inGoroutine runs fn and waits for it, whether it returns or breaks off.
func inGoroutine(fn func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		fn()
	}()
	<-done
}

// try checks one rule and gives the failures that it reports.
func try(t *testing.T, r rule, limit time.Duration) []string {
	t.Helper()
	rec := &recorder{TB: t}
	inGoroutine(func() { r.run(newTrial(rec, t, limit)) })
	for len(rec.cleanups) > 0 {
		last := len(rec.cleanups) - 1
		fn := rec.cleanups[last]
		rec.cleanups = rec.cleanups[:last]
		inGoroutine(fn)
	}
	return rec.messages
}

// mustPass checks that a faultless plugin breaks no rule.
func mustPass(t *testing.T, rules []rule) {
	t.Helper()
	for _, r := range rules {
		if messages := try(t, r, patience); len(messages) > 0 {
			t.Errorf("rule %q fails on a plugin without faults:\n%s", r.name, strings.Join(messages, "\n"))
		}
	}
}

// brief is the patience with plugins that are known to hang.
const brief = 300 * time.Millisecond

// mustFail checks that a faulty plugin breaks the rule of that name, and that the message says how.
func mustFail(t *testing.T, rules []rule, limit time.Duration, name, says string) {
	t.Helper()
	i := slices.IndexFunc(rules, func(r rule) bool { return r.name == name })
	if i < 0 {
		t.Fatalf("there is no rule %q", name)
	}
	text := strings.Join(try(t, rules[i], limit), "\n")
	if text == "" {
		t.Errorf("the rule %q does not see the fault", name)
	} else if !strings.Contains(text, says) {
		t.Errorf("the rule %q says\n%s\nand not %q", name, text, says)
	}
}
