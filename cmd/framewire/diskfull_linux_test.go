package main

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestDiskFull(t *testing.T) {
	dir := t.TempDir()
	disk := filepath.Join(dir, "disk")
	if err := os.Mkdir(disk, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=600k"); err != nil {
		t.Skipf("mounting a small disk needs root: %v", err)
	}
	defer func() { _ = syscall.Unmount(disk, syscall.MNT_DETACH) }()
	for _, sink := range []string{"{type: file, path: disk/out.mkv}", `{type: snapshot, dir: disk/shots}`} {
		p := start(t, dir, "run", "--report", "r.json", config(t, dir, "c.yaml", `
source: {type: testpattern, size: 320x240, frames: 1000, pace: fast}
encoder: {type: jpeg}
sinks: [`+sink+`]
`))
		p.ends(1)
		if want := "no space left on device"; !strings.Contains(p.log(), want) || !strings.Contains(p.log(), "disk/") {
			t.Errorf("%s: does not say %q and the path:\n%s", sink, want, p.log())
		}
		for _, name := range filesIn(t, filepath.Join(disk, "shots")) {
			if info, err := os.Stat(filepath.Join(disk, "shots", name)); err != nil || info.Size() == 0 {
				t.Errorf("a photo is there but not complete: %s", name)
			}
		}
		_ = os.RemoveAll(filepath.Join(disk, "out.mkv"))
	}
}
