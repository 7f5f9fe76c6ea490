package muxtest

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"
)

// UntilKilled runs the test binary once more, with that in its environment too, as a process that records and says
// after each frame how many are written. It kills the process after so many frames, and gives how many there were
// in the end.
func UntilKilled(t *testing.T, environment string, frames int) (written int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Args[0])
	cmd.Env = append(os.Environ(), environment)
	cmd.Stderr = os.Stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(stdout); lines.Scan(); {
		if written, err = strconv.Atoi(strings.TrimSpace(lines.Text())); err != nil {
			t.Errorf("the process says %q", lines.Text())
		}
		if written == frames {
			_ = cmd.Process.Kill() // lines that it has printed before are still read
		}
	}
	_ = cmd.Wait()
	if written < frames {
		t.Fatalf("the process ended by itself after %d frames", written)
	}
	return written
}
