package store

import (
	"errors"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// smallDisk mounts one with those options.
func smallDisk(t *testing.T, options string) string {
	t.Helper()
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, options); err != nil {
		t.Skipf("a small disk cannot be mounted here: %v", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, unix.MNT_DETACH); err != nil {
			t.Errorf("unmount %s: %v", dir, err)
		}
	})
	return dir
}

// TestFullDisk wants a clear error and nothing half written.
func TestFullDisk(t *testing.T) {
	dir := smallDisk(t, "size=64k")
	s := open(t, dir)
	put(t, s, "small.jpg", "fits")
	_, err := s.Put("large.jpg", make([]byte, 1<<20))
	if !errors.Is(err, ErrFull) || !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "large.jpg") || strings.Contains(err.Error(), ownPrefix) {
		t.Errorf("Put gives %v, wants a full disk and the name", err)
	}
	if got := all(t, dir); len(got) != 1 {
		t.Errorf("files are %v, wants the small one", got)
	}
	put(t, s, "after.jpg", "fits too")
}

// TestNoRoomForAFolder has a disk that takes two more files or folders and no third.
func TestNoRoomForAFolder(t *testing.T) {
	dir := smallDisk(t, "nr_inodes=3")
	s := open(t, dir)
	if _, err := s.Put("a/b/c.jpg", []byte("x")); !errors.Is(err, ErrFull) || !strings.Contains(err.Error(), "create folder a/b") {
		t.Errorf("Put gives %v, wants a full disk and the folder", err)
	}
	if got := tree(t, dir); len(got) != 1 {
		t.Errorf("%v stays", got)
	}
	put(t, s, "a/c.jpg", "x")
}

func TestPartOnAFullDisk(t *testing.T) {
	dir := smallDisk(t, "size=64k")
	s := open(t, dir)
	whole := strings.Repeat("x", 1<<20)
	p := openPart(t, s, whole)
	write(t, p, whole[:30<<10])
	if n, err := p.Write([]byte(whole[:60<<10])); n != 0 || !errors.Is(err, ErrFull) || strings.Contains(err.Error(), ownPrefix) {
		t.Errorf("Write gives %d, %v, wants a full disk", n, err)
	}
	holdsNow(t, p, whole[:30<<10])
	if err := p.Discard(); err != nil {
		t.Fatal(err)
	}
	put(t, s, "after.jpg", whole[:40<<10])
}
