//go:build !windows && (!unix || solaris || illumos || aix)

package store

import (
	"os"
	"syscall"
)

// readMode opens a file to read, flushMode one that is to be flushed to the disk.
const (
	readMode  = os.O_RDONLY
	flushMode = os.O_RDWR
)

func openFile(root *os.Root, name string, mode int) (*os.File, error) {
	return root.OpenFile(name, mode, 0)
}

func isFull(err syscall.Errno) bool { return err == syscall.ENOSPC }

func isGone(err syscall.Errno) bool { return err == syscall.EIO }

func syncFolder(f *os.File) error { return f.Sync() }

// locksHold says that an open file can be locked and renamed or removed all the same.
const locksHold = false

func lockSurely(*os.File) bool { return false }

// lock cannot keep other processes away here; within this one the Store knows which parts are open.
func lock(*os.File) error { return nil }
