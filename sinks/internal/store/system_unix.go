//go:build unix && !solaris && !illumos && !aix

package store

import (
	"errors"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// readMode opens a file to read, and a pipe in its place without waiting for who writes into it; flushMode one that
// is to be flushed to the disk.
const (
	readMode  = os.O_RDONLY | unix.O_NONBLOCK
	flushMode = readMode
)

// openFile opens a file. One that a file server has leased to a client who writes it (fcntl(2), F_SETLEASE) is
// waited for until the server has it back, which the kernel sees to.
func openFile(root *os.Root, name string, mode int) (*os.File, error) {
	f, err := root.OpenFile(name, mode, 0)
	if errors.Is(err, unix.EWOULDBLOCK) {
		f, err = root.OpenFile(name, mode&^unix.O_NONBLOCK, 0)
	}
	return f, err
}

func isFull(err syscall.Errno) bool { return err == unix.ENOSPC || err == unix.EDQUOT }

func isGone(err syscall.Errno) bool {
	switch err {
	case unix.EIO, unix.ENXIO, unix.ENODEV, unix.EROFS, unix.ESTALE, unix.ENOTCONN, unix.ETIMEDOUT, unix.EHOSTDOWN:
		return true
	}
	return false
}

// syncFolder has a folder's entries survive a loss of power. A file system that cannot be asked for it
// answers EINVAL or ENOTSUP.
func syncFolder(f *os.File) error {
	if err := f.Sync(); err != nil && !errors.Is(err, unix.EINVAL) && !errors.Is(err, unix.ENOTSUP) {
		return err
	}
	return nil
}

// locksHold says that an open file can be locked and renamed or removed all the same.
const locksHold = true

// lockSurely is lock for who must know that nobody else has the file.
func lockSurely(f *os.File) bool { return unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB) == nil }

// lock takes a file for this open descriptor alone, if nobody has it. Where the file system has no locks,
// everybody gets it.
func lock(f *os.File) error {
	err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if errors.Is(err, unix.EWOULDBLOCK) {
		return err
	}
	return nil
}
