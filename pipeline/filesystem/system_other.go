//go:build !windows && (!unix || solaris || illumos || aix)

package filesystem

import (
	"errors"
	"os"
	"syscall"
)

// LocksHold says that an open file can be locked and renamed or removed all the same.
const LocksHold = false

// Lock gives an error: there are no locks here.
func Lock(*os.File) error { return errors.ErrUnsupported }

// LockWait returns at once: there are no locks here.
func LockWait(*os.File) {}

// SyncFolder has an open folder's entries survive a loss of power.
func SyncFolder(f *os.File) error { return f.Sync() }

// IsFull reports a disk without room.
func IsFull(err error) bool { return errors.Is(err, syscall.ENOSPC) }
