//go:build !linux

package filesystem

import (
	"errors"
	"os"
)

// RenameNew gives errors.ErrUnsupported: no system call here promises that a name is given only where it is free.
func RenameNew(*os.File, string, *os.File, string) error { return errors.ErrUnsupported }
