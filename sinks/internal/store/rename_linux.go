package store

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// renameNew renames a file of the folder to a name that must be free (renameat2 with RENAME_NOREPLACE). It
// gives errors.ErrUnsupported where the file system cannot promise that.
func renameNew(root *os.Root, from, to string) error {
	old, err := root.Open(".")
	if err != nil {
		return err
	}
	defer old.Close()
	folder, err := root.Open(filepath.Dir(to))
	if err != nil {
		return err
	}
	defer folder.Close()
	err = unix.Renameat2(int(old.Fd()), from, int(folder.Fd()), filepath.Base(to), unix.RENAME_NOREPLACE)
	switch {
	case errors.Is(err, unix.EINVAL), errors.Is(err, unix.ENOSYS):
		return errors.ErrUnsupported
	case errors.Is(err, unix.EEXIST):
		return fs.ErrExist
	}
	return err
}
