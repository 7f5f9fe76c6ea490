package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// place gives the temporary file its name, with the first number from n on that is free, or finds that
// another process was faster and has put the same bytes there. It gives the number of a file that survives
// a loss of power.
func (s *Store) place(ctx context.Context, temp, name string, n int, c Content) (int, error) {
	for ; n <= mostTaken; n++ {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		candidate := numbered(name, n)
		err := s.usage.add(c.Size, func() error { return s.giveName(temp, candidate) })
		switch {
		case err == nil:
			if err := s.syncFolder(filepath.Dir(name)); err != nil {
				s.usage.remove(c.Size, func() error { return s.root.Remove(candidate) })
				return 0, cause(err)
			}
			s.memory.keep(content{name, c.Sum}, n)
			return n, nil
		case !errors.Is(err, fs.ErrExist):
			return 0, blameFolder(err, filepath.Dir(name))
		case s.holds(ctx, candidate, c):
			return n, s.keepFound(candidate, content{name, c.Sum}, n)
		}
	}
	return 0, fmt.Errorf("%w: %d files have it already", ErrName, mostTaken)
}

// giveName gives the temporary file a name that must be free. A hard link refuses a name that is taken;
// file systems without links (FAT, exFAT) rename, and where a rename cannot refuse one, an empty file
// takes the name first: a crash just then leaves that.
func (s *Store) giveName(temp, name string) error {
	err := s.link(temp, name)
	if err == nil || errors.Is(err, fs.ErrExist) || errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := s.rename(s.root, temp, name); !errors.Is(err, errors.ErrUnsupported) {
		return err
	}
	f, err := s.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := s.root.Rename(temp, name); err != nil {
		_ = s.root.Remove(name)
		return err
	}
	return nil
}
