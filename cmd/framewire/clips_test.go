//go:build unix

package main

import (
	"os/exec"
	"path/filepath"
	"testing"
)

// ffmpegClip makes a clip with ffmpeg, as another program's input to ours, and gives its name.
func ffmpegClip(t *testing.T, dir, name string, args ...string) string {
	t.Helper()
	args = append(append([]string{"-v", "error", "-y"}, args...), filepath.Join(dir, name))
	if out, err := exec.Command("ffmpeg", args...).CombinedOutput(); err != nil {
		t.Fatalf("ffmpeg %q: %v\n%s", args, err, out)
	}
	return name
}
