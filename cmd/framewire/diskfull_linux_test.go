package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"framewire/pipeline"
)

// smallDisk mounts a disk of that size in dir, and fills all of it but room bytes with a file, which it names.
func smallDisk(t *testing.T, dir, size string, room int64) (filler string) {
	t.Helper()
	disk := filepath.Join(dir, "disk")
	if err := os.Mkdir(disk, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size="+size); err != nil {
		t.Skipf("mounting a small disk needs root: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(disk, syscall.MNT_DETACH) })
	var st syscall.Statfs_t
	if err := syscall.Statfs(disk, &st); err != nil {
		t.Fatal(err)
	}
	filler = filepath.Join(disk, "filler")
	if err := os.WriteFile(filler, make([]byte, int64(st.Bavail)*st.Bsize-room), 0o600); err != nil {
		t.Fatal(err)
	}
	return filler
}

func TestPhotosOnFullDisk(t *testing.T) {
	dir := t.TempDir()
	smallDisk(t, dir, "2m", 600<<10)
	p := start(t, dir, "run", "--report", "r.json", config(t, dir, "c.yaml", `
source: {type: testpattern, size: 320x240, frames: 1000, pace: fast}
encoder: {type: jpeg}
sinks: [{type: snapshot, dir: disk/shots}]
`))
	p.ends(1)
	if want := "no space left on device"; !strings.Contains(p.log(), want) || !strings.Contains(p.log(), "disk/") {
		t.Errorf("does not say %q and the path:\n%s", want, p.log())
	}
	for _, name := range filesIn(t, filepath.Join(dir, "disk", "shots")) {
		if info, err := os.Stat(filepath.Join(dir, "disk", "shots", name)); err != nil || info.Size() == 0 {
			t.Errorf("a photo is there but not complete: %s", name)
		}
	}
}

// TestRecordingOnFullDisk fills the disk of one recording while another goes on, makes room, and wants every frame
// in both.
func TestRecordingOnFullDisk(t *testing.T) {
	dir := t.TempDir()
	filler := smallDisk(t, dir, "8m", 300<<10)
	p := start(t, dir, "run", "--report", "r.json", config(t, dir, "c.yaml", `
source: {type: testpattern, size: 320x240, fps: 30}
encoder: {type: jpeg}
sinks:
  - {type: file, path: "disk/rec/{seq}.mkv", segment: {every: 1h}}
  - {type: file, path: beside.mkv}
`))
	line := p.says(0, "cannot record")
	if said := p.log(); !strings.Contains(said, "no space left on device") || !strings.Contains(said, "disk/rec/000001.mkv.part") {
		t.Errorf("does not say the cause and the path:\n%s", said)
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	p.says(line, "recording again")
	p.signal(syscall.SIGTERM)
	p.ends(0)
	var sinks []uint64
	for _, s := range readReport(t, filepath.Join(dir, "r.json")).Stages {
		if s.Kind == pipeline.KindSink {
			sinks = append(sinks, s.FramesOut)
			if s.Dropped > 0 {
				t.Errorf("%d frames were dropped", s.Dropped)
			}
		}
	}
	if got := filesIn(t, filepath.Join(dir, "disk", "rec")); !slices.Equal(got, []string{"000001.mkv", "000002.mkv", "index.jsonl"}) {
		t.Errorf("recordings are %v", got)
	}
	played := func(file string) uint64 {
		run(t, dir, 0, "run", "--report", "p.json", "--set", "source.path="+file, config(t, dir, "p.yaml", `
source: {type: file, path: x.mkv, pace: fast}
sinks: [{type: "null"}]
`))
		return stageOf(t, readReport(t, filepath.Join(dir, "p.json")), "sink", "null").FramesIn
	}
	if got := played("disk/rec/000001.mkv") + played("disk/rec/000002.mkv"); got != sinks[0] || got == 0 {
		t.Errorf("%d frames of %d play from the disk that was full", got, sinks[0])
	}
	if got := played("beside.mkv"); got != sinks[1] || got == 0 {
		t.Errorf("%d frames of %d play from the other disk", got, sinks[1])
	}
}

// TestStreamThatMustArriveWaitsForRoom is stopped while it waits, and says what is missing.
func TestStreamThatMustArriveWaitsForRoom(t *testing.T) {
	dir := t.TempDir()
	smallDisk(t, dir, "2m", 300<<10)
	p := start(t, dir, "run", config(t, dir, "c.yaml", `
source: {type: testpattern, size: 320x240, frames: 200, pace: fast}
encoder: {type: jpeg}
sinks: [{type: file, path: disk/rec.mkv}]
`))
	p.says(0, "cannot record")
	p.signal(syscall.SIGTERM)
	p.ends(1)
	if said := p.log(); !strings.Contains(said, "frames are not recorded") || !strings.Contains(said, "no space left on device") {
		t.Errorf("does not say what is missing and why:\n%s", said)
	}
}
