//go:build unix && !solaris && !illumos && !aix

package filesystem

import (
	"errors"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// LocksHold says that an open file can be locked and renamed or removed all the same.
const LocksHold = true

// Lock takes a file for this open descriptor alone, until that is closed. ErrHeld says that somebody else has it; any
// other error, that the file system has no locks.
func Lock(f *os.File) error {
	err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if errors.Is(err, unix.EWOULDBLOCK) {
		return ErrHeld
	}
	return err
}

// How long a lock is waited for, and how often it is looked at.
const (
	lockMost  = 2 * time.Second
	lockAgain = 5 * time.Millisecond
)

// LockWait locks a file as soon as it is free, for who keeps it for a moment only. After a while it goes on without:
// whoever may read a folder can lock it, and keep it locked. Without locks it returns at once.
func LockWait(f *os.File) {
	for until := time.Now().Add(lockMost); errors.Is(Lock(f), ErrHeld) && time.Now().Before(until); {
		time.Sleep(lockAgain)
	}
}

// SyncFolder has an open folder's entries survive a loss of power. A file system that cannot be asked for it
// answers EINVAL or ENOTSUP.
func SyncFolder(f *os.File) error {
	if err := f.Sync(); err != nil && !errors.Is(err, unix.EINVAL) && !errors.Is(err, unix.ENOTSUP) {
		return err
	}
	return nil
}

// IsFull reports a disk, or a user's share of it, without room.
func IsFull(err error) bool { return errors.Is(err, unix.ENOSPC) || errors.Is(err, unix.EDQUOT) }
