package filesystem

import (
	"os"

	"golang.org/x/sys/windows"
)

// KnowsFree says whether free disk space can be asked for here.
const KnowsFree = true

// Free is the disk space in bytes that this user may still take where the folder is.
func Free(dir string) (int64, error) {
	path, err := windows.UTF16PtrFromString(dir)
	if err != nil {
		return 0, &os.PathError{Op: "free space of", Path: dir, Err: err}
	}
	var free uint64
	if err := windows.GetDiskFreeSpaceEx(path, &free, nil, nil); err != nil {
		return 0, &os.PathError{Op: "free space of", Path: dir, Err: err}
	}
	return int64(min(free, 1<<63-1)), nil
}
