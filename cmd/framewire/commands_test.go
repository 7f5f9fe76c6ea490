//go:build unix

package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"framewire/pipeline"
)

const endless = "source: {type: testpattern, size: 64x48}\nsinks: [{type: \"null\"}]\n"

func TestEndings(t *testing.T) {
	tests := []struct {
		name   string
		config string
		flags  []string
		signal syscall.Signal
		state  pipeline.State
	}{
		{"the source ends", "source: {type: testpattern, size: 64x48, frames: 5, pace: fast}\nsinks: [{type: \"null\"}]\n", nil, 0, pipeline.StateEnded},
		{"the time is over", endless, []string{"--for", "300ms"}, 0, pipeline.StateEnded},
		{"SIGINT", endless, nil, syscall.SIGINT, pipeline.StateStopped},
		{"SIGTERM", endless, nil, syscall.SIGTERM, pipeline.StateStopped},
		{"SIGTERM while waiting for a receiver", "source: {type: testpattern, pace: fast}\nencoder: {type: jpeg}\nsend: {type: tcp, listen: \"127.0.0.1:0\"}\n",
			nil, syscall.SIGTERM, pipeline.StateStopped},
		{"SIGTERM while waiting for a sender", "receive: {type: tcp, dial: \"127.0.0.1:1\"}\nsinks: [{type: \"null\"}]\n",
			nil, syscall.SIGTERM, pipeline.StateStopped},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			args := append([]string{"run", "--log-level", "debug", "--report", "r.json", config(t, dir, "c.yaml", tt.config)}, tt.flags...)
			p := start(t, dir, args...)
			if tt.signal != 0 {
				p.says(0, "starting")
				p.signal(tt.signal)
			}
			p.ends(0)
			if got := readReport(t, filepath.Join(dir, "r.json")).State; got != tt.state {
				t.Errorf("state %q, want %q", got, tt.state)
			}
		})
	}
}

func TestReportHasTheFieldsOfTheContract(t *testing.T) {
	dir := t.TempDir()
	run(t, dir, 0, "run", "--report", "r.json", config(t, dir, "c.yaml",
		"source: {type: testpattern, size: 64x48, frames: 5, pace: fast}\nencoder: {type: jpeg}\nsinks: [{type: \"null\", decode: true}]\n"))
	text, err := os.ReadFile(filepath.Join(dir, "r.json"))
	if err != nil {
		t.Fatal(err)
	}
	var rep map[string]any
	if err := json.Unmarshal(text, &rep); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"version", "started", "seconds", "pipelines"} {
		if _, ok := rep[key]; !ok {
			t.Errorf("the report lacks %q", key)
		}
	}
	p := rep["pipelines"].(map[string]any)["c"].(map[string]any)
	for _, key := range []string{"state", "error", "stages", "latency_ms"} {
		if _, ok := p[key]; !ok {
			t.Errorf("the pipeline lacks %q", key)
		}
	}
	for _, key := range []string{"p50", "p95", "p99", "max"} {
		if v, ok := p["latency_ms"].(map[string]any)[key].(float64); !ok || v <= 0 {
			t.Errorf("latency %q is %v", key, v)
		}
	}
	var kinds []string
	for _, s := range p["stages"].([]any) {
		stage := s.(map[string]any)
		for _, key := range []string{"kind", "type", "frames_in", "frames_out", "dropped", "errors", "bytes_in", "bytes_out", "peers", "reconnects"} {
			if _, ok := stage[key]; !ok {
				t.Errorf("stage %v lacks %q", stage, key)
			}
		}
		kinds = append(kinds, stage["kind"].(string))
	}
	if got, want := strings.Join(kinds, " "), "source encoder decoder sink"; got != want {
		t.Errorf("stages %q, want %q", got, want)
	}
}

func TestSecondSignalEndsAtOnce(t *testing.T) {
	dir, addr := t.TempDir(), freeAddress(t)
	// A receiver that is stopped holds the sender's orderly end up; the second signal does not wait for it.
	receiver := start(t, dir, "run", config(t, dir, "r.yaml", "receive: {type: tcp, dial: \""+addr+"\"}\nsinks: [{type: \"null\"}]\n"))
	sender := start(t, dir, "run", config(t, dir, "s.yaml",
		"source: {type: testpattern, size: 1920x1080, pace: fast}\nsend: {type: tcp, listen: \""+addr+"\"}\n"))
	sender.says(0, "connected")
	receiver.signal(syscall.SIGSTOP)
	sender.signal(syscall.SIGINT)
	sender.says(0, "a second signal ends at once")
	sender.signal(syscall.SIGTERM)
	<-sender.done
	if code := sender.cmd.ProcessState.ExitCode(); code != 0 && code != 1 {
		t.Errorf("exit status %d", code)
	}
}

// timeout(1) sends its signal to the process and again to its group: that is one wish to end, not two.
func TestSignalTwiceInAMomentEndsCleanly(t *testing.T) {
	dir := t.TempDir()
	p := start(t, dir, "run", "--report", "r.json", config(t, dir, "c.yaml",
		"source: {type: testpattern, size: 640x480}\nsinks: [{type: file, path: out.mkv}]\n"))
	p.says(0, "recording")
	p.signal(syscall.SIGTERM)
	p.signal(syscall.SIGTERM)
	p.ends(0)
}

func TestPipelinesOfOneFileAreIndependent(t *testing.T) {
	dir := t.TempDir()
	p := run(t, dir, 1, "run", "--report", "r.json", config(t, dir, "c.yaml", `
pipelines:
  bad:
    source: {type: image, path: nosuch}
    sinks: [{type: "null"}]
  good:
    source: {type: testpattern, size: 64x48, frames: 200, pace: fast}
    sinks: [{type: "null"}]
`))
	text, err := os.ReadFile(filepath.Join(dir, "r.json"))
	if err != nil {
		t.Fatal(err)
	}
	var rep report
	if err := json.Unmarshal(text, &rep); err != nil {
		t.Fatal(err)
	}
	if bad := rep.Pipelines["bad"]; bad.State != "failed" || !strings.Contains(bad.Error, "nosuch") {
		t.Errorf("bad: %+v", bad)
	}
	if good := rep.Pipelines["good"]; good.State != "ended" || stageOf(t, good, "sink", "null").FramesIn != 200 {
		t.Errorf("good: %+v", good)
	}
	if !strings.Contains(p.log(), "nosuch") {
		t.Errorf("the log does not name the missing folder:\n%s", p.log())
	}
}

func TestSetEnvironmentAndList(t *testing.T) {
	dir := t.TempDir()
	c := config(t, dir, "c.yaml", "source: {type: testpattern, size: \"${SIZE:-64x48}\", frames: 2, pace: fast}\nsinks: [{type: snapshot, dir: a, format: png}]\n")
	p := startEnv(t, dir, []string{"SIZE=48x32"}, "run", "--set", "sinks.0.dir=b,c", c)
	p.ends(0)
	if got := len(filesIn(t, filepath.Join(dir, "b,c"))); got != 2 {
		t.Errorf("%d files in the folder that --set named", got)
	}
	for _, args := range [][]string{{"list"}, {"list", "source"}, {"list", "sink", "file"}, {"version"}, {"devices"}, {"--help"}, {"run", "--help"}} {
		if p := run(t, dir, 0, args...); p.stdout.Len() == 0 {
			t.Errorf("framewire %s prints nothing", strings.Join(args, " "))
		}
	}
	if out := run(t, dir, 0, "list", "source", "camera").stdout.String(); !strings.Contains(out, "device") {
		t.Errorf("list source camera:\n%s", out)
	}
}

// TestNamedHelp has a file whose name is a word for help elsewhere.
func TestNamedHelp(t *testing.T) {
	for _, name := range []string{"h", "help"} {
		if p := run(t, t.TempDir(), 2, "check", name); !strings.Contains(p.log(), name+": cannot be read") {
			t.Errorf("check %s says:\n%s", name, p.log())
		}
	}
}

func TestCheckPrintsTheResolvedChain(t *testing.T) {
	dir := t.TempDir()
	p := run(t, dir, 0, "check", config(t, dir, "c.yaml", "receive: {type: tcp, dial: \"127.0.0.1:5000\"}\nsinks: [{type: \"null\", decode: true}]\n"))
	for _, want := range []string{"pipeline c", "receive", "decoder", "put in by the chain", "null"} {
		if !strings.Contains(p.stdout.String(), want) {
			t.Errorf("the chain lacks %q:\n%s", want, p.stdout.String())
		}
	}
}

func TestStatusLineOnATerminal(t *testing.T) {
	dir := t.TempDir()
	c := config(t, dir, "c.yaml", endless)
	for _, tt := range []struct {
		flag string
		want bool
	}{{"", true}, {" --no-status", false}} {
		// script gives the program a terminal.
		out, err := exec.Command("script", "-qec", program+" run --for 2s"+tt.flag+" "+c, "/dev/null").CombinedOutput()
		if err != nil {
			t.Fatalf("script: %v\n%s", err, out)
		}
		if got := strings.Contains(string(out), "frames/s"); got != tt.want {
			t.Errorf("run%s: status line shown: %v, want %v\n%q", tt.flag, got, tt.want, out)
		}
	}
}
