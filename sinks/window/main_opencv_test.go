//go:build opencv && linux

package window

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"framewire/pipeline"
)

// loop lends the process's first thread to the tests.
var loop = pipeline.NewMainLoop()

func init() { runtime.LockOSThread() } // the first thread, before anything runs elsewhere

func TestMain(m *testing.M) {
	stop, err := startX()
	if err != nil {
		fmt.Fprintln(os.Stderr, "without a display the window's tests are skipped:", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	code := 1
	go func() {
		defer cancel()
		code = m.Run()
	}()
	loop.Run(ctx)
	stop()
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// startX starts an X server without a screen on a free display and points DISPLAY at it.
func startX() (stop func(), err error) {
	for _, name := range []string{"DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "QT_QPA_PLATFORM"} {
		os.Unsetenv(name)
	}
	r, w, err := os.Pipe()
	if err != nil {
		return func() {}, err
	}
	defer r.Close()
	cmd := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", "1024x768x24", "-noreset", "-nolisten", "tcp")
	cmd.ExtraFiles = []*os.File{w}
	if err := cmd.Start(); err != nil {
		w.Close()
		return func() {}, err
	}
	w.Close()
	stop = func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}
	number, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		stop()
		return func() {}, fmt.Errorf("Xvfb names no display: %w", err)
	}
	return stop, os.Setenv("DISPLAY", ":"+strings.TrimSpace(number))
}
