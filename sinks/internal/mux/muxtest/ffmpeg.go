// Package muxtest helps tests of recordings: it asks FFmpeg, where that is installed, what plays, has a disk that
// can lose its power, and kills processes that record.
package muxtest

import (
	"bytes"
	"context"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Tool runs a program of FFmpeg and gives its output and what it complains about.
func Tool(t *testing.T, name string, args ...string) (out, complaint string) {
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

// FrameTimes decodes a recording and gives the time of each frame.
func FrameTimes(t *testing.T, path string) (times []time.Duration, complaint string) {
	t.Helper()
	out, complaint := Tool(t, "ffprobe", "-show_entries", "frame=pts_time", "-of", "csv=p=0", path)
	for _, line := range strings.Fields(out) {
		times = append(times, Seconds(t, strings.TrimRight(line, ",")))
	}
	return times, complaint
}

// Property asks ffprobe for one entry of the format or the stream.
func Property(t *testing.T, path, entry string) string {
	t.Helper()
	out, complaint := Tool(t, "ffprobe", "-show_entries", entry, "-of", "csv=p=0", path)
	if complaint != "" {
		t.Errorf("ffprobe complains: %s", complaint)
	}
	return strings.TrimSpace(out)
}

// Seconds reads a time as FFmpeg prints it.
func Seconds(t *testing.T, text string) time.Duration {
	t.Helper()
	s, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatalf("time %q: %v", text, err)
	}
	return time.Duration(s * float64(time.Second))
}

// Every gives n times with num/den frames a second.
func Every(n, num, den int) []time.Duration {
	list := make([]time.Duration, n)
	for i := range list {
		list[i] = time.Duration(i) * time.Second * time.Duration(den) / time.Duration(num)
	}
	return list
}

// MustPlay decodes the whole recording and wants those times, to within the given error, and no complaint.
func MustPlay(t *testing.T, path string, want []time.Duration, within time.Duration) {
	t.Helper()
	got, complaint := FrameTimes(t, path)
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
