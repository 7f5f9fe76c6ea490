package store

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"time"

	"framewire/pipeline/filesystem"
)

const (
	tempSuffix = ".tmp"
	// stale is the age from which a temporary file is taken for one that a crash left behind, where no lock can
	// tell. Writing one takes far less.
	stale = 10 * time.Minute
)

// writeTemp writes a temporary file and flushes it. The file stays open, and locked where that is possible, so
// that nobody takes it for a leftover; the caller closes and removes it.
func (s *Store) writeTemp(data []byte) (*os.File, string, error) {
	f, name, err := s.newTemp()
	if err != nil {
		return nil, "", err
	}
	if _, err = f.Write(data); err == nil {
		err = f.Sync()
	}
	if err == nil && !filesystem.LocksHold {
		err = f.Close() // where an open file may not be renamed
	}
	if err != nil {
		f.Close()
		_ = s.root.Remove(name)
	}
	return f, name, err
}

// newTemp makes a temporary file and locks it. Between the two somebody who opens the folder may have removed it
// for a leftover: then another is made.
func (s *Store) newTemp() (*os.File, string, error) {
	for {
		name := ownPrefix + rand.Text() + tempSuffix
		f, err := s.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		if err != nil || !filesystem.LocksHold {
			return f, name, err
		}
		_ = filesystem.Lock(f) // a file system without locks goes by age
		if _, err := s.root.Lstat(name); err == nil {
			return f, name, nil
		} else if !errors.Is(err, fs.ErrNotExist) {
			f.Close()
			return nil, "", err
		}
		f.Close()
	}
}

// cleanTemp removes a temporary file that nobody writes to any more. One that stays is a nuisance, not a fault.
func (s *Store) cleanTemp(info fs.FileInfo, now time.Time) {
	if now.Sub(info.ModTime()) > stale {
		_ = s.root.Remove(info.Name())
		return
	}
	if !filesystem.LocksHold {
		return
	}
	f, err := s.root.OpenFile(info.Name(), os.O_RDWR, 0)
	if err != nil {
		return
	}
	defer f.Close()
	if filesystem.Lock(f) == nil {
		_ = s.root.Remove(info.Name())
	}
}
