//go:build !unix

package image

import (
	"errors"
	"os"

	"framewire/pipeline/filesystem"
)

// swap puts next in old's place and gives it open. Files that are open cannot be renamed everywhere, so that the lock
// is let go for a moment: what two pipelines with one journal do wrong then is to offer a photo twice.
func swap(next, old *os.File, path string) (*os.File, error) {
	if err := errors.Join(next.Close(), old.Close(), os.Rename(next.Name(), path)); err != nil {
		return nil, err
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err == nil {
		_ = filesystem.Lock(file)
	}
	return file, err
}
