package store

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"syscall"

	"framewire/pipeline/filesystem"
)

// makeDurable makes a folder and those above it where they are missing, and has them survive a loss of power.
func makeDurable(dir string) error {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	err = filesystem.MakeFolder(dir)
	if errors.Is(err, syscall.ENOTDIR) {
		return fmt.Errorf("%s cannot be a folder, as a file is in its way: name another", dir)
	}
	return err
}

// makeFolder makes a folder below the Store's where it is missing, and has it survive a loss of power. It
// gives the folders that it made.
func (s *Store) makeFolder(folder string) (made []string, err error) {
	if folder == "." {
		return nil, nil
	}
	if _, err := s.root.Stat(folder); err == nil && s.memory.hasFolder(folder) {
		return nil, nil
	}
	made, err = s.makeFolder(filepath.Dir(folder))
	if err != nil {
		return made, err
	}
	err = s.root.Mkdir(folder, 0o755)
	switch {
	case err == nil:
		made = append(made, folder)
	case errors.Is(err, fs.ErrExist):
		if info, statErr := s.root.Stat(folder); statErr == nil && !info.IsDir() {
			err = syscall.ENOTDIR
		} else {
			err = statErr
		}
	}
	if err == nil {
		err = s.syncFolder(filepath.Dir(folder))
	}
	if err != nil {
		s.unmake(made)
		return nil, fmt.Errorf("create folder %s: %w", folder, blameFolder(err, folder))
	}
	s.memory.keepFolder(folder)
	return made, nil
}

// unmake removes folders that were made for a file that could not be written, the innermost first. One
// that somebody has put something into stays.
func (s *Store) unmake(made []string) {
	for i := len(made) - 1; i >= 0; i-- {
		_ = s.root.Remove(made[i])
	}
}

func (s *Store) syncFolder(folder string) error {
	f, err := s.root.Open(folder)
	if err != nil {
		return err
	}
	defer f.Close()
	return s.flush(f)
}
