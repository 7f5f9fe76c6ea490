package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"

	"framewire/pipeline/filesystem"
)

var (
	// ErrName says that nothing can be written under a name and that other names may still do: it is too
	// long, leads out of the folder, runs through a file, or has characters that the file system does not
	// know.
	ErrName = errors.New("the name cannot be used")
	// ErrRoom says that a file would break one of the Store's limits.
	ErrRoom = errors.New("no room")
	// ErrFull says that the disk has no room, or the user's share of it.
	ErrFull = errors.New("the disk is full")
)

// Gone reports whether an error says that the folder or its disk is not there any more and may come back,
// as one that was unplugged.
func Gone(err error) bool {
	var errno syscall.Errno
	return errors.Is(err, fs.ErrNotExist) || errors.As(err, &errno) && isGone(errno)
}

// cause takes the path off an error: the temporary name in it would mean nothing to the user. An error of
// a full disk wraps ErrFull.
func cause(err error) error {
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		err = path.Err
	case errors.As(err, &link):
		err = link.Err
	}
	if errno, ok := err.(syscall.Errno); ok && filesystem.IsFull(errno) {
		return fmt.Errorf("%w: %w", ErrFull, err)
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
	case syscall.ENAMETOOLONG, syscall.EINVAL, syscall.EILSEQ, syscall.ENOTDIR, syscall.EISDIR, syscall.ELOOP,
		syscall.EEXIST, syscall.EXDEV:
		return fmt.Errorf("%w: %w", ErrName, err)
	}
	return err
}

// blameFolder is blame for a name in a subfolder, which may be one that others own: the folder itself
// could be written to.
func blameFolder(err error, folder string) error {
	err = blame(err)
	if folder != "." && errors.Is(err, fs.ErrPermission) && !errors.Is(err, ErrName) {
		return fmt.Errorf("%w: %w", ErrName, err)
	}
	return err
}
