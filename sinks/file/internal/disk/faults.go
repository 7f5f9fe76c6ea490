package disk

import (
	"errors"
	"io/fs"
	"path/filepath"
	"syscall"

	"framewire/pipeline/filesystem"
)

// ErrGone says that the disk is not there: a new folder would come to lie on the disk below it.
var ErrGone = errors.New("the disk is not mounted")

// IsFault reports an error that the disk gives, be it full, gone or broken, and that may pass.
func IsFault(err error) bool {
	var errno syscall.Errno
	return errors.As(err, &errno) || errors.Is(err, ErrGone) || errors.Is(err, fs.ErrNotExist)
}

// IsFull reports a disk, or a user's share of it, without room.
func IsFull(err error) bool { return filesystem.IsFull(err) }

// Cause takes the operation and the path off an error, for who is about to name a better path.
func Cause(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	var errno syscall.Errno
	if errors.As(err, &errno) {
		return errno
	}
	return err
}

// Mount remembers which disk lies below the one that a folder is on. The zero Mount knows of none.
type Mount struct {
	under uint64
	known bool
}

// NewMount looks at the disks that the folder and those above it lie on.
func NewMount(dir string) Mount {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return Mount{}
	}
	home, ok := device(dir)
	for above := filepath.Dir(dir); ok && above != dir; dir, above = above, filepath.Dir(above) {
		if under, _ := device(above); under != home {
			return Mount{under, true}
		}
	}
	return Mount{}
}

// Check gives ErrGone where the folder, or the nearest one above it that exists, lies on the disk below now.
func (m Mount) Check(dir string) error {
	dir, err := filepath.Abs(dir)
	if err != nil || !m.known {
		return nil
	}
	if at, ok := device(dir); ok && at == m.under {
		return &fs.PathError{Op: "open", Path: dir, Err: ErrGone}
	}
	return nil
}
