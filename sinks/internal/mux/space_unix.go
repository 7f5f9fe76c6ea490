//go:build opencv && (linux || darwin)

package mux

import (
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// leastSpace is what must be free beside a recording whose writer cannot report a full disk, in bytes.
const leastSpace = 256 << 10

// checkSpace reports a disk that has no room left for the recording at path.
func checkSpace(path string) error {
	var st unix.Statfs_t
	if err := unix.Statfs(filepath.Dir(path), &st); err != nil {
		return &os.PathError{Op: "free space of", Path: filepath.Dir(path), Err: err}
	}
	if uint64(st.Bavail)*uint64(st.Bsize) < leastSpace {
		return &os.PathError{Op: "write", Path: path, Err: unix.ENOSPC}
	}
	return nil
}
