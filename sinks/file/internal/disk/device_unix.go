//go:build linux || darwin

package disk

import (
	"errors"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// device gives the number of the disk that the folder, or the nearest one above it that exists, lies on.
func device(dir string) (uint64, bool) {
	for {
		var st unix.Stat_t
		err := unix.Stat(dir, &st)
		if err == nil {
			return uint64(st.Dev), true
		}
		above := filepath.Dir(dir)
		if !errors.Is(err, unix.ENOENT) || above == dir {
			return 0, false
		}
		dir = above
	}
}
