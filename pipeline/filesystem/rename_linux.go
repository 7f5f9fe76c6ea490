package filesystem

import (
	"errors"
	"io/fs"
	"os"

	"golang.org/x/sys/unix"
)

// RenameNew renames a file of an open folder to a name in an open folder that must be free (renameat2 with
// RENAME_NOREPLACE): fs.ErrExist where it is taken, errors.ErrUnsupported where the file system cannot promise that.
func RenameNew(folder *os.File, name string, toFolder *os.File, to string) error {
	err := unix.Renameat2(int(folder.Fd()), name, int(toFolder.Fd()), to, unix.RENAME_NOREPLACE)
	switch {
	case errors.Is(err, unix.EINVAL), errors.Is(err, unix.ENOSYS):
		return errors.ErrUnsupported
	case errors.Is(err, unix.EEXIST):
		return fs.ErrExist
	}
	return err
}
