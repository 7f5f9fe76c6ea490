//go:build unix

package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"framewire/pipeline"
)

// patience is how long a test waits for an event before it fails. It says nothing about how long things
// take.
const patience = 60 * time.Second

// program is the program under test, built once for all tests.
var program string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "framewire-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	program = filepath.Join(dir, "framewire")
	args := []string{"build", "-o", program}
	if buildTags != "" {
		args = append(args, "-tags", buildTags)
	}
	build := exec.Command("go", append(args, ".")...)
	build.Stderr = os.Stderr
	status := 1
	if err := build.Run(); err == nil {
		status = m.Run()
	}
	_ = os.RemoveAll(dir)
	os.Exit(status)
}

// process is a running framewire.
type process struct {
	t      *testing.T
	cmd    *exec.Cmd
	stdout bytes.Buffer
	done   chan struct{} // closed when it has ended
	err    error         // how it ended

	mu    sync.Mutex
	lines []string      // what it said on stderr
	more  chan struct{} // closed and renewed with each line
	named string
}

// start starts framewire with those arguments in dir. It is killed when the test ends.
func start(t *testing.T, dir string, args ...string) *process {
	t.Helper()
	return startEnv(t, dir, nil, args...)
}

func startEnv(t *testing.T, dir string, env []string, args ...string) *process {
	t.Helper()
	p := &process{t: t, done: make(chan struct{}), more: make(chan struct{}), named: strings.Join(args, " ")}
	p.cmd = exec.Command(program, args...)
	p.cmd.Dir = dir
	p.cmd.Env = append(os.Environ(), env...)
	p.cmd.Stdout = &p.stdout
	stderr, err := p.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		scan := bufio.NewScanner(stderr)
		scan.Buffer(nil, 1<<20)
		for scan.Scan() {
			p.mu.Lock()
			p.lines = append(p.lines, scan.Text())
			close(p.more)
			p.more = make(chan struct{})
			p.mu.Unlock()
		}
		p.err = p.cmd.Wait()
		close(p.done)
	}()
	t.Cleanup(func() {
		p.signal(syscall.SIGCONT)
		_ = p.cmd.Process.Kill()
		<-p.done
		if t.Failed() {
			t.Logf("framewire %s said:\n%s", p.named, p.log())
		}
	})
	return p
}

func (p *process) signal(s syscall.Signal) { _ = p.cmd.Process.Signal(s) }

// kill ends the process as kill -9 does and waits for it.
func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	<-p.done
}

func (p *process) log() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.Join(p.lines, "\n")
}

// says waits until a line on stderr, from the given one on, holds the text, and gives the number of the
// line after it.
func (p *process) says(from int, text string) int {
	p.t.Helper()
	limit := time.After(patience)
	for {
		p.mu.Lock()
		for ; from < len(p.lines); from++ {
			if strings.Contains(p.lines[from], text) {
				p.mu.Unlock()
				return from + 1
			}
		}
		more := p.more
		p.mu.Unlock()
		select {
		case <-more:
		case <-p.done:
			p.t.Fatalf("framewire %s ended without saying %q; it said:\n%s", p.named, text, p.log())
		case <-limit:
			p.t.Fatalf("framewire %s does not say %q; it said:\n%s", p.named, text, p.log())
		}
	}
}

// ends waits for the end and checks the exit status.
func (p *process) ends(status int) {
	p.t.Helper()
	select {
	case <-p.done:
	case <-time.After(patience):
		p.t.Fatalf("framewire %s does not end; it said:\n%s", p.named, p.log())
	}
	if got := p.cmd.ProcessState.ExitCode(); got != status {
		p.t.Fatalf("framewire %s: exit status %d (%v), want %d; it said:\n%s", p.named, got, p.err, status, p.log())
	}
}

// run runs framewire to its end and checks the exit status.
func run(t *testing.T, dir string, status int, args ...string) *process {
	t.Helper()
	p := start(t, dir, args...)
	p.ends(status)
	return p
}

// report is the file that --report writes.
type report struct {
	Version   string
	Started   time.Time
	Seconds   float64
	Pipelines map[string]pipeline.PipelineReport
}

// readReport reads the report of the only pipeline in the file.
func readReport(t *testing.T, file string) pipeline.PipelineReport {
	t.Helper()
	var rep report
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &rep); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	if len(rep.Pipelines) != 1 {
		t.Fatalf("%s holds %d pipelines", file, len(rep.Pipelines))
	}
	for _, p := range rep.Pipelines {
		return p
	}
	panic("not reached")
}

// stageOf finds a stage of a report by kind and type.
func stageOf(t *testing.T, rep pipeline.PipelineReport, kind pipeline.Kind, typ string) pipeline.StageReport {
	t.Helper()
	for _, s := range rep.Stages {
		if s.Kind == kind && s.Type == typ {
			return s
		}
	}
	t.Fatalf("the report has no %s %s: %+v", kind, typ, rep.Stages)
	panic("not reached")
}

// config writes a config file into dir and gives its path.
func config(t *testing.T, dir, name, text string) string {
	t.Helper()
	file := filepath.Join(dir, name)
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

// freeAddress gives a loopback address on which nobody listens.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// eventually waits until a condition holds that no process tells of, looking again and again.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	limit := time.After(patience)
	for !holds() {
		select {
		case <-tick.C:
		case <-limit:
			t.Fatalf("in vain waited for: %s", what)
		}
	}
}

// filesIn lists the names of the files in a folder that are not temporary; a missing folder has none.
func filesIn(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") {
			names = append(names, e.Name())
		}
	}
	return names
}
