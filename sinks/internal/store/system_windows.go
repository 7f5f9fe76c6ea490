package store

import (
	"os"
	"syscall"

	"golang.org/x/sys/windows"
)

// readMode opens a file to read, flushMode one that is to be flushed to the disk.
const (
	readMode  = os.O_RDONLY
	flushMode = os.O_RDWR
)

func openFile(root *os.Root, name string, mode int) (*os.File, error) {
	return root.OpenFile(name, mode, 0)
}

func isGone(err syscall.Errno) bool {
	switch err {
	case windows.ERROR_NOT_READY, windows.ERROR_DEV_NOT_EXIST, windows.ERROR_WRITE_PROTECT, windows.ERROR_IO_DEVICE,
		windows.ERROR_BAD_NETPATH, windows.ERROR_NETNAME_DELETED, windows.ERROR_UNEXP_NET_ERR:
		return true
	}
	return false
}
