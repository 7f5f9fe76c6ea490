package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"time"
)

const (
	tries = 4 // of a case that seems to have grown
	// patience is how long one run may take. The longest takes ten seconds on a quiet machine.
	patience = 3 * time.Minute
)

// tools names what the counts depend on besides the code: the compiler, the architecture, and valgrind, which
// shows programs a processor of its own making.
func tools(ctx context.Context) (string, error) {
	words := []string{"go", "env", "GOVERSION"}
	compiler, err := exec.CommandContext(ctx, words[0], words[1:]...).Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w", strings.Join(words, " "), err)
	}
	valgrind, err := exec.CommandContext(ctx, "valgrind", "--version").Output()
	if err != nil {
		return "", fmt.Errorf("valgrind --version: %w", err)
	}
	return strings.Join([]string{strings.TrimSpace(string(compiler)), runtime.GOARCH, strings.TrimSpace(string(valgrind))}, " "), nil
}

// meter builds and runs benchmarks.
type meter struct {
	options
	folder string // of the test binaries
}

func newMeter(opts options) (*meter, error) {
	if opts.profiles != "" {
		full, err := filepath.Abs(opts.profiles)
		if err != nil {
			return nil, err
		}
		if opts.profiles = full; os.MkdirAll(full, 0o755) != nil {
			return nil, fmt.Errorf("cannot make the folder %s", full)
		}
	}
	folder, err := os.MkdirTemp("", "bench-check-")
	return &meter{opts, folder}, err
}

func (m *meter) close() { os.RemoveAll(m.folder) }

// build makes the test binary of a case, unless another case has.
func (m *meter) build(ctx context.Context, c benchCase) (string, error) {
	binary := filepath.Join(m.folder, strings.ReplaceAll(c.pkg, "/", "_"))
	args, cgo := []string{"test", "-c", "-o"}, "CGO_ENABLED=0"
	if c.native {
		binary += "_native"
		args, cgo = []string{"test", "-c", "-tags", m.tags, "-o"}, "CGO_ENABLED=1"
	}
	if _, err := os.Stat(binary); err == nil {
		return binary, nil
	}
	cmd := exec.CommandContext(ctx, "go", append(args, binary, "./"+c.pkg)...)
	cmd.Env = append(os.Environ(), cgo)
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the tests of %s: %w\n%s", c.pkg, err, out)
	}
	return binary, nil
}

// measure gives the figures of one operation. What seems to be above the limit is measured again, and the least
// counts: the scheduler may add something, as where a system call takes long, but it takes nothing away.
func (m *meter) measure(ctx context.Context, c benchCase, limit figures) (figures, error) {
	binary, err := m.build(ctx, c)
	if err != nil {
		return figures{}, err
	}
	best, err := m.once(ctx, c, binary)
	for try := 1; try < tries && err == nil && !best.within(limit, c.chance); try++ {
		var again figures
		again, err = m.once(ctx, c, binary)
		best = best.least(again)
	}
	return best, err
}

// once counts a run of few operations and one of many; the difference has no start-up in it.
func (m *meter) once(ctx context.Context, c benchCase, binary string) (figures, error) {
	few, err := m.count(ctx, c, binary, os.DevNull, c.few)
	if err != nil {
		return figures{}, err
	}
	profile := os.DevNull
	if m.profiles != "" {
		profile = filepath.Join(m.profiles, fileName.ReplaceAllString(c.name, "-")+".callgrind")
	}
	many, err := m.count(ctx, c, binary, profile, c.many)
	return figures{
		Instructions: (many.Instructions - few.Instructions) / int64(c.many-c.few),
		Allocations:  many.Allocations,
	}, err
}

// count runs that many operations under callgrind and gives all instructions of the process and the allocations of
// one operation. One processor and no garbage collector make it repeatable. callgrind falls over the signals with
// which Go preempts, so they are switched off, and now and then over another.
func (m *meter) count(ctx context.Context, c benchCase, binary, profile string, operations int) (figures, error) {
	for try := 1; ; try++ {
		limited, cancel := context.WithTimeout(ctx, patience)
		cmd := exec.CommandContext(limited, "valgrind", "--tool=callgrind", "--callgrind-out-file="+profile, binary,
			"-test.run=^$", "-test.cpu=1", "-test.benchmem", "-test.bench="+c.bench, "-test.skip="+c.skip, "-test.benchtime="+strconv.Itoa(operations)+"x")
		cmd.Dir = filepath.FromSlash(c.pkg)
		cmd.Env = append(os.Environ(), "GOMAXPROCS=1", "GOGC=off", "GODEBUG=asyncpreemptoff=1")
		text, err := cmd.CombinedOutput()
		cancel()
		switch {
		case err == nil:
			return parse(string(text))
		case ctx.Err() != nil || try == 3:
			return figures{}, fmt.Errorf("%w\n%s", err, text)
		}
	}
}

var (
	collected = regexp.MustCompile(`Collected : (\d+)`)
	allocated = regexp.MustCompile(`(?m)^Benchmark.*?(\d+) allocs/op`)
	fileName  = regexp.MustCompile(`[^0-9A-Za-z]+`)
)

// parse reads what callgrind and the benchmark print.
func parse(text string) (figures, error) {
	count, lines := collected.FindStringSubmatch(text), allocated.FindAllStringSubmatch(text, -1)
	if count == nil || len(lines) != 1 {
		return figures{}, errors.New("want one benchmark and one count, got\n" + text)
	}
	instructions, err := strconv.ParseInt(count[1], 10, 64)
	allocations, err2 := strconv.ParseInt(lines[0][1], 10, 64)
	return figures{instructions, allocations}, errors.Join(err, err2)
}
