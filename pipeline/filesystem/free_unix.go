//go:build linux || darwin

package filesystem

import (
	"os"

	"golang.org/x/sys/unix"
)

// KnowsFree says whether free disk space can be asked for here.
const KnowsFree = true

// Free is the disk space in bytes that this user may still take where the folder is; errors.ErrUnsupported where the
// system does not tell.
func Free(dir string) (int64, error) {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return 0, &os.PathError{Op: "free space of", Path: dir, Err: err}
	}
	if st.Blocks == 0 { // some network file systems do not tell
		return 0, &os.PathError{Op: "free space of", Path: dir, Err: unix.ENOTSUP}
	}
	return int64(st.Bavail) * int64(st.Bsize), nil
}
