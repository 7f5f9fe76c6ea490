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

func isGone(err syscall.Errno) bool {
	switch err {
	case unix.EIO, unix.ENXIO, unix.ENODEV, unix.EROFS, unix.ESTALE, unix.ENOTCONN, unix.ETIMEDOUT, unix.EHOSTDOWN:
		return true
	}
	return false
}
