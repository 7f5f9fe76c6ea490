package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/urfave/cli/v2"

	"framewire/configs"
	"framewire/pipeline"
)

func (a *app) demoCommand() *cli.Command {
	return &cli.Command{
		Name:  "demo",
		Usage: "send live frames from one process to another here, record and photograph them",
		Description: "Needs no camera and no display. Leaves the recording, the snapshots, the config that was\n" +
			"run and a report of each process in DIR.",
		Flags: append([]cli.Flag{
			&cli.DurationFlag{Name: "for", Value: 10 * time.Second, Usage: "how long to send, `DURATION`"},
			&cli.StringFlag{Name: "dir", Value: "demo-out", Usage: "where to put what is received, `DIR`"},
		}, logFlags()...),
		Action: noArguments(a.demoAction),
	}
}

// demo is one run of the demo.
type demo struct {
	app   *app
	dir   string
	began time.Time
	flags []string
	out   *statusWriter // what the processes say, above the bar
}

func (a *app) demoAction(ctx *cli.Context) error {
	limit := ctx.Duration("for")
	if limit <= 0 {
		return usagef("framewire demo: --for %s is not above zero", limit)
	}
	d := &demo{app: a, out: newStatusWriter(a.stderr), dir: ctx.String("dir"), began: time.Now(), flags: []string{
		"--no-status", "--log-level", flagValue(ctx, "log-level"), "--log-format", flagValue(ctx, "log-format"),
	}}
	if _, err := newLogger(ctx, a.stderr); err != nil { // before both processes say the same
		return err
	}
	if err := d.prepare(); err != nil {
		return err
	}
	return d.run(limit)
}

// prepare makes the folder, writes the config into it and finds a free port.
func (d *demo) prepare() error {
	if err := os.MkdirAll(d.dir, 0o755); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("demo: find a free port: %w", err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	if err := l.Close(); err != nil {
		return fmt.Errorf("demo: free the port again: %w", err)
	}
	// The values go into the config itself, so that what lies in the folder is what was run.
	dir := strings.NewReplacer("'", "''", "$", "$$").Replace(d.dir)
	text, ok := configs.Read("demo")
	if !ok {
		return errors.New("demo: its config is not in this program")
	}
	values := strings.NewReplacer("${FRAMEWIRE_DEMO_DIR:-demo-out}", dir, "${FRAMEWIRE_DEMO_PORT:-5599}", strconv.Itoa(port))
	if err := os.WriteFile(d.config(), []byte(values.Replace(string(text))), 0o644); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	fmt.Fprintf(d.app.stdout, "framewire demo: a sender process and a receiver process, joined by TCP port %d\n", port)
	return nil
}

func (d *demo) config() string            { return filepath.Join(d.dir, "demo.yaml") }
func (d *demo) report(name string) string { return filepath.Join(d.dir, name+"-report.json") }

// start starts one pipeline of the config in a process of its own.
func (d *demo) start(name string, flags ...string) (*exec.Cmd, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("demo: find this program: %w", err)
	}
	args := append([]string{"run", "--only", name, "--report", d.report(name)}, d.flags...)
	cmd := exec.Command(self, append(append(args, flags...), d.config())...)
	cmd.Stdout, cmd.Stderr = d.app.stdout, d.app.stderr
	if isTerminal(d.app.stderr) {
		cmd.Stderr = d.out
	}
	ownGroup(cmd)
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("demo: start the %s: %w", name, err)
	}
	return cmd, nil
}

// run runs both processes to their end and tells what came of it. The receiver ends by itself when the
// sender says that the stream is complete.
func (d *demo) run(limit time.Duration) error {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(signals)
	receiver, err := d.start("receiver")
	if err != nil {
		return err
	}
	sender, err := d.start("sender", "--for", limit.String())
	if err != nil {
		_ = receiver.Process.Kill()
		return errors.Join(err, receiver.Wait())
	}
	bar := d.progress(limit)
	sent, received := outcome(sender), outcome(receiver)
	var stuck <-chan time.Time // for the one that is left
	var errs [2]error
	told := false // a second signal would end them at once
	for left := 2; left > 0; {
		select {
		case s := <-signals:
			tell(s, sender, receiver)
			told = true
		case errs[0] = <-sent:
			left, stuck = left-1, time.After(5*time.Second)
		case errs[1] = <-received:
			left, stuck = left-1, time.After(5*time.Second)
			if errs[1] != nil && !told { // it failed: nobody is there to send to
				tell(syscall.SIGTERM, sender)
			}
		case <-stuck:
			_, _ = sender.Process.Kill(), receiver.Process.Kill()
		}
	}
	bar()
	if sent, received := errs[0], errs[1]; sent != nil || received != nil {
		return fmt.Errorf("demo: sender: %v, receiver: %v; see the messages above", ended(sent), ended(received))
	}
	return d.summary()
}

func ended(err error) any {
	if err == nil {
		return "ended well"
	}
	return err
}

// outcome waits for a process and gives what came of it.
func outcome(cmd *exec.Cmd) <-chan error {
	c := make(chan error, 1)
	go func() { c <- cmd.Wait() }()
	return c
}

// tell hands a signal on to the processes; one that has ended needs none.
func tell(s os.Signal, cmds ...*exec.Cmd) {
	for _, cmd := range cmds {
		_ = cmd.Process.Signal(s)
	}
}

// summary tells what was sent, received and written, and fails when something is missing.
func (d *demo) summary() error {
	sender, err := readReport(d.report("sender"), "sender")
	if err != nil {
		return err
	}
	receiver, err := readReport(d.report("receiver"), "receiver")
	if err != nil {
		return err
	}
	recordings, bytes := d.written("recording-*.mkv")
	photos, _ := d.written("snapshots/*.jpg")

	out := d.app.stdout
	in, first := receiver.Stages[0], sender.Stages[0]
	fmt.Fprintf(out, "\nsent      %d frames (%d made)\n", sender.Stages[len(sender.Stages)-1].FramesOut, first.FramesOut)
	fmt.Fprintf(out, "received  %d frames, %.1f MB; from capture to disk half within %.1f ms, 99 %% within %.1f ms\n",
		in.FramesOut, float64(in.BytesOut)/1e6, receiver.Latency.P50, receiver.Latency.P99)
	for _, file := range recordings {
		fmt.Fprintf(out, "recorded  %s, %d frames, %.1f MB\n", file, frames(receiver, "file"), float64(bytes)/1e6)
	}
	fmt.Fprintf(out, "photos    %d in %s\n", len(photos), filepath.Join(d.dir, "snapshots"))
	fmt.Fprintf(out, "config    %s\n", d.config())
	if in.FramesOut == 0 || len(recordings) == 0 || len(photos) == 0 || frames(receiver, "file") != in.FramesOut {
		return fmt.Errorf("demo: something is missing, see the reports in %s", d.dir)
	}
	return nil
}

// written finds the files that this run wrote, and their size together.
func (d *demo) written(pattern string) (files []string, bytes int64) {
	all, _ := filepath.Glob(filepath.Join(d.dir, pattern)) // the patterns are ours and well-formed
	for _, file := range all {
		info, err := os.Stat(file)
		if errors.Is(err, fs.ErrNotExist) || err == nil && info.ModTime().Before(d.began) {
			continue
		}
		files = append(files, file)
		if err == nil {
			bytes += info.Size()
		}
	}
	return files, bytes
}

func frames(rep pipeline.PipelineReport, sink string) uint64 {
	for _, s := range rep.Stages {
		if s.Kind == pipeline.KindSink && s.Type == sink {
			return s.FramesOut
		}
	}
	return 0
}

func readReport(file, name string) (pipeline.PipelineReport, error) {
	var rep report
	text, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(text, &rep)
	}
	if err != nil {
		return pipeline.PipelineReport{}, fmt.Errorf("demo: read the %s's report: %w", name, err)
	}
	return rep.Pipelines[name], nil
}
