//go:build unix

package image

import (
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// A pipe that takes a photo's place just before it is opened costs no time.
func TestOpenAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.jpg")
	if err := unix.Mkfifo(path, 0o644); err != nil {
		t.Fatal(err)
	}
	file, err := openAtOnce(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Error(err)
	}
}
