// Package filesystem is what stages need of file systems beyond the standard library: locks, free space, folders that
// survive a loss of power, names that are given only where they are free, and which errors mean a full disk. It
// knows nothing of what is stored. Whoever needs a file system that tests can spoil puts an interface of its own
// in front.
package filesystem

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// ErrHeld says that somebody else has a file locked.
var ErrHeld = errors.New("somebody else has it locked")

// MakeFolder makes a folder and those above it where they are missing, and flushes the folder that each stands in. It
// gives syscall.ENOTDIR with the path of a file that is in the way.
func MakeFolder(dir string) error {
	dir = filepath.Clean(dir)
	above := filepath.Dir(dir)
	if above != dir && !passable(above) {
		if err := MakeFolder(above); err != nil {
			return err
		}
	}
	made := os.Mkdir(dir, 0o755)
	if made != nil {
		info, err := os.Stat(dir)
		switch {
		case err != nil:
			return made
		case !info.IsDir():
			return &fs.PathError{Op: "mkdir", Path: dir, Err: syscall.ENOTDIR}
		}
	}
	err := SyncPath(above)
	if made != nil || errors.Is(err, fs.ErrPermission) {
		return nil // not our work, or one that may be passed through and not looked at
	}
	return err
}

// passable reports a folder that things may lie in: one that cannot be looked at is no reason not to try.
func passable(dir string) bool {
	info, err := os.Stat(dir)
	if err != nil {
		return !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, syscall.ENOTDIR)
	}
	return info.IsDir()
}

// SyncPath is SyncFolder of the folder at that path.
func SyncPath(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer f.Close()
	return SyncFolder(f)
}
