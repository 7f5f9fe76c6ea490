package disk

import "golang.org/x/sys/unix"

// BeginSync has the system begin to bring n bytes to the disk (sync_file_range(2)). What fails in it, Sync will tell.
func (f file) BeginSync(at, n int64) {
	raw, err := f.SyscallConn()
	if err != nil {
		return
	}
	_ = raw.Control(func(fd uintptr) { _ = unix.SyncFileRange(int(fd), at, n, unix.SYNC_FILE_RANGE_WRITE) })
}
