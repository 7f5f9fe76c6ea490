package filesystem

import (
	"errors"
	"os"
	"syscall"

	"golang.org/x/sys/windows"
)

// LocksHold says that an open file can be locked and renamed or removed all the same.
const LocksHold = false

// lockAt is a place far behind any content: a lock there keeps those away who lock, and nobody who reads.
const lockAt = 1 << 30 // in units of 4 GiB

// Lock takes a file for this handle alone, until that is closed. ErrHeld says that somebody else has it; any other
// error, that the file system has no locks.
func Lock(f *os.File) error {
	const flags = windows.LOCKFILE_EXCLUSIVE_LOCK | windows.LOCKFILE_FAIL_IMMEDIATELY
	err := windows.LockFileEx(windows.Handle(f.Fd()), flags, 0, 1, 0, &windows.Overlapped{OffsetHigh: lockAt})
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) || errors.Is(err, windows.ERROR_IO_PENDING) {
		return ErrHeld
	}
	return err
}

// LockWait returns at once: it is for folders, which cannot be locked here.
func LockWait(*os.File) {}

// SyncFolder does nothing: NTFS writes its folders to a journal, and they cannot be flushed by a user.
func SyncFolder(*os.File) error { return nil }

// IsFull reports a disk, or a user's share of it, without room.
func IsFull(err error) bool {
	return errors.Is(err, windows.ERROR_DISK_FULL) || errors.Is(err, windows.ERROR_HANDLE_DISK_FULL) ||
		errors.Is(err, windows.ERROR_DISK_QUOTA_EXCEEDED) || errors.Is(err, syscall.ENOSPC)
}
