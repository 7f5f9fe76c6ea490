package store

import (
	"errors"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// TestFullDisk wants a clear error and nothing half written.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=64k"); err != nil {
		t.Skipf("a small disk cannot be mounted here: %v", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, unix.MNT_DETACH); err != nil {
			t.Errorf("unmount %s: %v", dir, err)
		}
	})
	s := open(t, dir)
	put(t, s, "small.jpg", "fits")
	_, err := s.Put("large.jpg", make([]byte, 1<<20))
	if !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "large.jpg") || strings.Contains(err.Error(), tempPrefix) {
		t.Errorf("Put gives %v, wants a full disk and the name", err)
	}
	if got := all(t, dir); len(got) != 1 {
		t.Errorf("files are %v, wants the small one", got)
	}
	put(t, s, "after.jpg", "fits too")
}
