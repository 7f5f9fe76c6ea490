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
}

func (a *app) demoAction(ctx *cli.Context) error {
	limit := ctx.Duration("for")
	if limit <= 0 {
		return usagef("framewire demo: --for %s is not above zero", limit)
	}
	d := &demo{app: a, dir: ctx.String("dir"), began: time.Now(), flags: []string{
		"--no-status", "--log-level", flagValue(ctx, "log-level"), "--log-format", flagValue(ctx, "log-format"),
	}}
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
	values := strings.NewReplacer("${FRAMEWIRE_DEMO_DIR:-demo-out}", dir, "${FRAMEWIRE_DEMO_PORT:-5599}", strconv.Itoa(port))
	if err := os.WriteFile(d.config(), []byte(values.Replace(string(configs.Demo))), 0o644); err != nil {
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
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("demo: start the %s: %w", name, err)
	}
	return cmd, nil
}

// run runs both processes to their end and tells what came of it. The receiver ends by itself when the
// sender says that the stream is complete.
func (d *demo) run(limit time.Duration) error {
	receiver, err := d.start("receiver")
	if err != nil {
		return err
	}
	sender, err := d.start("sender", "--for", limit.String())
	if err != nil {
		_ = receiver.Process.Kill()
		return errors.Join(err, receiver.Wait())
	}
	stop := passSignals(sender, receiver)
	defer stop()
	bar := d.progress(limit)
	sent := sender.Wait()
	stuck := time.AfterFunc(5*time.Second, func() { _ = receiver.Process.Kill() })
	received := receiver.Wait()
	stuck.Stop()
	bar()
	if sent != nil || received != nil {
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

// passSignals hands Ctrl-C and SIGTERM on to both processes, which then end cleanly.
func passSignals(cmds ...*exec.Cmd) (stop func()) {
	signals, done := make(chan os.Signal, 1), make(chan struct{})
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		for {
			select {
			case s := <-signals:
				for _, cmd := range cmds {
					_ = cmd.Process.Signal(s) // one that has ended needs none
				}
			case <-done:
				return
			}
		}
	}()
	return func() {
		signal.Stop(signals)
		close(done)
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
