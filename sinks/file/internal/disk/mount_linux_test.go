package disk

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// TestUnmounted wants nothing made on the disk below, and everything again when the disk is back.
func TestUnmounted(t *testing.T) {
	point := filepath.Join(t.TempDir(), "usb")
	if err := os.Mkdir(point, 0o755); err != nil {
		t.Fatal(err)
	}
	mount := func() {
		if err := unix.Mount("tmpfs", point, "tmpfs", 0, "size=1m"); err != nil {
			t.Skipf("a disk cannot be mounted here: %v", err)
		}
	}
	mount()
	t.Cleanup(func() { _ = unix.Unmount(point, unix.MNT_DETACH) })
	dir := filepath.Join(point, "rec")
	m := NewMount(dir)
	if err := m.Check(dir); err != nil {
		t.Errorf("while it is mounted Check gives %v", err)
	}
	if err := unix.Unmount(point, 0); err != nil {
		t.Fatal(err)
	}
	if err := m.Check(dir); !errors.Is(err, ErrGone) || !IsFault(err) {
		t.Errorf("without the disk Check gives %v", err)
	}
	mount()
	if err := m.Check(dir); err != nil {
		t.Errorf("with the disk again Check gives %v", err)
	}
	if err := (Mount{}).Check(dir); err != nil {
		t.Errorf("where nothing is known Check gives %v", err)
	}
}
