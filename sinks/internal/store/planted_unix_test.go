//go:build unix && !solaris && !illumos && !aix

package store

import (
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// A pipe that takes a file's place just before it is opened is nobody's picture, and nobody waits for it.
func TestPlantedPipe(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := unix.Mkfifo(filepath.Join(dir, "a.jpg"), 0o644); err != nil {
		t.Fatal(err)
	}
	f, err := openFile(s.root, "a.jpg", readMode)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	if err := s.keepFound("a.jpg", content{name: "a.jpg"}, 0); err == nil {
		t.Error("a pipe survives a loss of power")
	}
}
