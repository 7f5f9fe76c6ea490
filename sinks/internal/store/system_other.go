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

func isGone(err syscall.Errno) bool { return err == syscall.EIO }
