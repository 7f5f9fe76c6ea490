//go:build opencv

package mux

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"

	"framewire/pipeline/filesystem"
)

// leastSpace is what must be free beside a recording whose writer cannot report a full disk, in bytes.
const leastSpace = 256 << 10

// checkSpace reports a disk that has no room left for the recording at path. Where the system does not tell, a full
// disk shows in a recording that is too short.
func checkSpace(path string) error {
	switch free, err := filesystem.Free(filepath.Dir(path)); {
	case errors.Is(err, errors.ErrUnsupported):
		return nil
	case err != nil:
		return err
	case free < leastSpace:
		return &os.PathError{Op: "write", Path: path, Err: syscall.ENOSPC}
	}
	return nil
}
