//go:build linux || darwin

package disk

import (
	"errors"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

// lock locks a file for its open description, and reports whether somebody else holds it. File systems
// without locks count as free.
func lock(f *os.File) (held bool) {
	return errors.Is(unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB), unix.EWOULDBLOCK)
}

// How long a lock is waited for, and how often it is looked at. Other recorders have it for a moment only.
const (
	lockMost  = 2 * time.Second
	lockAgain = 5 * time.Millisecond
)

// lockWait locks a file as soon as it is free, or goes on without: whoever may read a folder can lock it, and keep
// it locked.
func lockWait(f *os.File) {
	for until := time.Now().Add(lockMost); lock(f) && time.Now().Before(until); {
		time.Sleep(lockAgain)
	}
}

func free(dir string) (int64, error) {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return 0, &os.PathError{Op: "free space of", Path: dir, Err: err}
	}
	return int64(st.Bavail) * int64(st.Bsize), nil
}

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

// full reports the errors of a disk without room.
func full(err error) bool { return errors.Is(err, unix.ENOSPC) || errors.Is(err, unix.EDQUOT) }
