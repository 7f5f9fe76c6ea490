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

func isFull(err syscall.Errno) bool {
	return err == windows.ERROR_DISK_FULL || err == windows.ERROR_HANDLE_DISK_FULL || err == windows.ERROR_DISK_QUOTA_EXCEEDED
}

func isGone(err syscall.Errno) bool {
	switch err {
	case windows.ERROR_NOT_READY, windows.ERROR_DEV_NOT_EXIST, windows.ERROR_WRITE_PROTECT, windows.ERROR_IO_DEVICE,
		windows.ERROR_BAD_NETPATH, windows.ERROR_NETNAME_DELETED, windows.ERROR_UNEXP_NET_ERR:
		return true
	}
	return false
}

// syncFolder does nothing: NTFS writes its folders to a journal, and they cannot be flushed by a user.
func syncFolder(*os.File) error { return nil }

// locksHold says that an open file can be locked and renamed or removed all the same.
const locksHold = false

func lockSurely(*os.File) bool { return false }

// lock takes a file for this handle alone, if nobody has it.
func lock(f *os.File) error {
	const flags = windows.LOCKFILE_EXCLUSIVE_LOCK | windows.LOCKFILE_FAIL_IMMEDIATELY
	const farBehind = 0x7FFFFFFF // the byte that is locked: a locked one could not be read by others
	at := windows.Overlapped{OffsetHigh: farBehind}
	return windows.LockFileEx(windows.Handle(f.Fd()), flags, 0, 1, 0, &at)
}

// KnowsFree says whether free disk space can be asked for here.
const KnowsFree = true

// freeBytes is the disk space in bytes that this user may still take where the folder is.
func freeBytes(dir string) (int64, error) {
	path, err := windows.UTF16PtrFromString(dir)
	if err != nil {
		return 0, err
	}
	var free uint64
	if err := windows.GetDiskFreeSpaceEx(path, &free, nil, nil); err != nil {
		return 0, &os.PathError{Op: "free space of", Path: dir, Err: err}
	}
	return int64(min(free, 1<<63-1)), nil
}
