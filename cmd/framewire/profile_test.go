//go:build unix

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// TestProfiles looks at what a run that was stopped by a signal leaves behind.
func TestProfiles(t *testing.T) {
	dir := t.TempDir()
	p := start(t, dir, "run", "--cpuprofile", "cpu", "--memprofile", "mem", "--trace", "trace",
		config(t, dir, "c.yaml", "source: {type: testpattern, size: 640x480}\nsinks: [{type: file, path: out.mkv}]\n"))
	p.says(0, "recording")
	p.signal(syscall.SIGINT)
	p.ends(0)
	for file, begin := range map[string]string{"cpu": "\x1f\x8b", "mem": "\x1f\x8b", "trace": "go 1."} {
		got, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil || !bytes.HasPrefix(got, []byte(begin)) {
			t.Errorf("%s: %v, %d bytes, want a profile", file, err, len(got))
		}
	}
}
