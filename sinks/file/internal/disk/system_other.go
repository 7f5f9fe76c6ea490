//go:build !linux && !darwin && !windows

package disk

import (
	"errors"
	"os"
	"syscall"
)

// lock finds every file free: there are no locks here.
func lock(*os.File) (held bool) { return false }

func lockWait(*os.File) {}

func free(string) (int64, error) { return 0, ErrUnknown }

func device(string) (uint64, bool) { return 0, false }

// full reports the errors of a disk without room.
func full(err error) bool { return errors.Is(err, syscall.ENOSPC) }
