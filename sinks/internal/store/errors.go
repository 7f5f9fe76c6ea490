package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// cause takes the path off an error: the temporary name in it would mean nothing to the user.
func cause(err error) error {
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		return path.Err
	case errors.As(err, &link):
		return link.Err
	}
	return err
}

// blame is cause for an operation that has a file's final name in it. Where that name is at fault and not
// the disk, the error wraps ErrName.
func blame(err error) error {
	err = cause(err)
	var errno syscall.Errno
	if !errors.As(err, &errno) {
		// os.Root itself refuses what leads out of the folder and has no exported error for it.
		if errors.Is(err, fs.ErrClosed) {
			return err
		}
		return fmt.Errorf("%w: %w", ErrName, err)
	}
	switch errno {
	case syscall.ENAMETOOLONG, syscall.EINVAL, syscall.EILSEQ, syscall.ENOTDIR, syscall.EISDIR, syscall.ELOOP, syscall.EEXIST:
		return fmt.Errorf("%w: %w", ErrName, err)
	}
	return err
}
