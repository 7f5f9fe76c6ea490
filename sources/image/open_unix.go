//go:build unix

package image

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// openAtOnce opens a file to read, and does not wait for who writes into a pipe, nor for a file server whose client
// has a lease to write (fcntl(2), F_SETLEASE): that one is asked to give it back.
func openAtOnce(path string) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_RDONLY|unix.O_NONBLOCK, 0)
	if errors.Is(err, unix.EWOULDBLOCK) {
		err = errChanging
	}
	return file, err
}
