//go:build !linux

package store

import (
	"errors"
	"os"
)

// renameNew would rename a file to a name that must be free; here no system call promises that.
func renameNew(*os.Root, string, string) error { return errors.ErrUnsupported }
