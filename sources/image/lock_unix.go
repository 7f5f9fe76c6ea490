//go:build unix

package image

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// lock takes the file for this process until it is closed; an error means that another has it. File systems
// that know no locks leave it unlocked.
func lock(file *os.File) error {
	if err := unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB); errors.Is(err, unix.EWOULDBLOCK) {
		return err
	}
	return nil
}

// swap puts next in old's place, so that at any moment one of them is there whole, and gives it open.
func swap(next, old *os.File, path string) (*os.File, error) {
	if err := os.Rename(next.Name(), path); err != nil {
		return nil, errors.Join(err, next.Close())
	}
	_ = old.Close() // what it held is in next
	return next, nil
}

// openAtOnce opens a file to read, and does not wait for who writes into a pipe, nor for a file server whose client
// has a lease to write (fcntl(2), F_SETLEASE): that one is asked to give it back.
func openAtOnce(path string) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_RDONLY|unix.O_NONBLOCK, 0)
	if errors.Is(err, unix.EWOULDBLOCK) {
		err = errChanging
	}
	return file, err
}

// syncFolder makes durable that a file in the folder has a new name.
func syncFolder(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
