package file

import (
	"bytes"
	"context"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"
)

// tool runs a program of FFmpeg and gives its output and what it complains about.
func tool(t *testing.T, name string, args ...string) (out, complaint string) {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		t.Skipf("%s is not installed", name)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, append([]string{"-v", "warning"}, args...)...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, &stderr)
	}
	return stdout.String(), stderr.String()
}

// frameTimes decodes a recording and gives the time of each frame.
func frameTimes(t *testing.T, path string) (times []time.Duration, complaint string) {
	t.Helper()
	out, complaint := tool(t, "ffprobe", "-show_entries", "frame=pts_time", "-of", "csv=p=0", path)
	for _, line := range strings.Fields(out) {
		times = append(times, seconds(t, strings.TrimRight(line, ",")))
	}
	return times, complaint
}

// property asks ffprobe for one entry of the format or the stream.
func property(t *testing.T, path, entry string) string {
	t.Helper()
	out, complaint := tool(t, "ffprobe", "-show_entries", entry, "-of", "csv=p=0", path)
	if complaint != "" {
		t.Errorf("ffprobe complains: %s", complaint)
	}
	return strings.TrimSpace(out)
}

func seconds(t *testing.T, text string) time.Duration {
	t.Helper()
	s, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatalf("time %q: %v", text, err)
	}
	return time.Duration(s * float64(time.Second))
}

// mustPlay decodes the whole recording and wants those times, to within the given error, and no complaint.
func mustPlay(t *testing.T, path string, want []time.Duration, within time.Duration) {
	t.Helper()
	got, complaint := frameTimes(t, path)
	if complaint != "" {
		t.Errorf("ffprobe complains: %s", complaint)
	}
	if len(got) != len(want) {
		t.Fatalf("%d frames, wants %d", len(got), len(want))
	}
	for i := range want {
		if d := got[i] - want[i]; d > within || d < -within {
			t.Fatalf("frame %d is at %s, wants %s", i, got[i], want[i])
		}
	}
}
