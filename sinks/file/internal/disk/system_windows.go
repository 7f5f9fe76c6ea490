package disk

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// lockAt is a place far behind any content: a lock there keeps other recorders away, and no player.
const lockAt = 1 << 30 // in units of 4 GiB

// lock locks a file and reports whether somebody else holds it.
func lock(f *os.File) (held bool) {
	const flags = windows.LOCKFILE_EXCLUSIVE_LOCK | windows.LOCKFILE_FAIL_IMMEDIATELY
	at := &windows.Overlapped{OffsetHigh: lockAt}
	err := windows.LockFileEx(windows.Handle(f.Fd()), flags, 0, 1, 0, at)
	return errors.Is(err, windows.ERROR_LOCK_VIOLATION) || errors.Is(err, windows.ERROR_IO_PENDING)
}

// lockWait does nothing: folders cannot be locked here.
func lockWait(*os.File) {}

func free(dir string) (int64, error) {
	name, err := windows.UTF16PtrFromString(dir)
	if err != nil {
		return 0, &os.PathError{Op: "free space of", Path: dir, Err: err}
	}
	var bytes uint64
	if err := windows.GetDiskFreeSpaceEx(name, &bytes, nil, nil); err != nil {
		return 0, &os.PathError{Op: "free space of", Path: dir, Err: err}
	}
	return int64(bytes), nil
}

// device is not known: a folder does not hide the one below it here.
func device(string) (uint64, bool) { return 0, false }

// full reports the errors of a disk without room.
func full(err error) bool {
	return errors.Is(err, windows.ERROR_DISK_FULL) || errors.Is(err, windows.ERROR_HANDLE_DISK_FULL) ||
		errors.Is(err, windows.ERROR_DISK_QUOTA_EXCEEDED)
}
