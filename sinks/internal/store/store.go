// Package store puts whole files into one folder: each appears complete or not at all, none is ever
// overwritten, and no name leads out of the folder. It knows nothing of pictures.
package store

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"time"

	"framewire/sinks/internal/pattern"
)

const (
	tempPrefix = ".framewire-"
	tempSuffix = ".tmp"
	// stale is the age from which a temporary file is taken for one that a crash left behind. Writing one
	// takes far less.
	stale = 10 * time.Minute
	// mostTaken is the highest number that is put behind a name.
	mostTaken = 9_999_999
)

// ErrName says that nothing can be written under a name and that other names may still do: it is too long,
// leads out of the folder, runs through a file, or has characters that the file system does not know.
var ErrName = errors.New("the name cannot be used")

// Store is an open folder. It is for one goroutine at a time; other processes may use the same folder.
type Store struct {
	dir    string
	root   *os.Root
	memory memory
}

// Open makes the folder where it is missing, opens it and removes temporary files that a crash left there.
func Open(dir string) (*Store, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	s := &Store{dir: dir, root: root, memory: newMemory()}
	if err := s.clean(time.Now()); err != nil {
		root.Close()
		return nil, err
	}
	return s, nil
}

func (s *Store) clean(now time.Time) error {
	entries, err := fs.ReadDir(s.root.FS(), ".")
	if err != nil {
		return fmt.Errorf("list %s: %w", s.dir, cause(err))
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), tempPrefix) || !strings.HasSuffix(e.Name(), tempSuffix) {
			continue
		}
		if info, err := e.Info(); err == nil && info.Mode().IsRegular() && now.Sub(info.ModTime()) > stale {
			_ = s.root.Remove(e.Name()) // a file that stays is a nuisance, not a fault
		}
	}
	return nil
}

// Put is PutContext without a context.
func (s *Store) Put(name string, data []byte) (string, error) {
	return s.PutContext(context.Background(), name, data)
}

// PutContext writes a file of that name, relative to the folder, and gives the path where it stands. Where
// another file has the name, a number is added to it. A file that holds the same bytes already is left
// alone and its path given, if it is among the first eight with that name or was put there lately: so the
// work does not grow with the number of files. When it returns without an error the file survives a loss
// of power. Errors that come of the name wrap ErrName.
func (s *Store) PutContext(ctx context.Context, name string, data []byte) (string, error) {
	path := filepath.Join(s.dir, name)
	if folder := filepath.Dir(name); folder != "." {
		if err := s.root.MkdirAll(folder, 0o755); err != nil {
			return "", fmt.Errorf("create %s: %w", filepath.Dir(path), blame(err))
		}
	}
	content := s.memory.sum(name, data)
	if n, ok := s.memory.put[content]; ok && s.holds(ctx, numbered(name, n), data) {
		return filepath.Join(s.dir, numbered(name, n)), nil
	}
	temp, err := s.writeTemp(data)
	if err != nil {
		return "", fmt.Errorf("write %s: %w", path, cause(err))
	}
	defer s.root.Remove(temp)
	for n := 0; n <= mostTaken; n++ {
		if n == compared {
			n = s.free(name)
		}
		if err := ctx.Err(); err != nil {
			return "", fmt.Errorf("write %s: %w", path, err)
		}
		candidate := numbered(name, n)
		path = filepath.Join(s.dir, candidate)
		err := s.place(temp, candidate)
		switch {
		case err == nil:
			s.memory.keep(name, content, n)
			if err := s.syncFolder(filepath.Dir(candidate)); err != nil {
				return "", fmt.Errorf("write %s: %w", path, cause(err))
			}
			return path, nil
		case !errors.Is(err, fs.ErrExist):
			return "", fmt.Errorf("write %s: %w", path, blame(err))
		case n < compared && s.holds(ctx, candidate, data):
			return path, nil
		}
	}
	return "", fmt.Errorf("write %s: %w: %d files have it already", filepath.Join(s.dir, name), ErrName, mostTaken)
}

// numbered is the n-th name that a file may get; the first has no number.
func numbered(name string, n int) string {
	if n == 0 {
		return name
	}
	return pattern.Number(name, n)
}

// free gives a number from which on names are likely to be free: the one after that used last or, in a
// folder with files from before, the end of a row of taken ones, found by doubling and then halving.
func (s *Store) free(name string) int {
	if n, ok := s.memory.next[name]; ok {
		return n
	}
	taken := func(n int) bool {
		_, err := s.root.Lstat(numbered(name, n))
		return err == nil
	}
	low, high := compared-1, compared
	for high < mostTaken && taken(high) {
		low, high = high, min(2*high, mostTaken)
	}
	return low + 1 + sort.Search(high-low-1, func(i int) bool { return !taken(low + 1 + i) })
}

// Close gives the folder back.
func (s *Store) Close() error { return s.root.Close() }

func (s *Store) writeTemp(data []byte) (string, error) {
	name := tempPrefix + rand.Text() + tempSuffix
	f, err := s.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return "", err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		_ = s.root.Remove(name)
	}
	return name, err
}

// place gives the temporary file its name. A hard link refuses a name that is taken, which a rename does
// not; file systems without links get a look and a rename.
func (s *Store) place(temp, name string) error {
	err := s.root.Link(temp, name)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	if _, err := s.root.Lstat(name); err == nil {
		return fs.ErrExist
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return s.root.Rename(temp, name)
}

// holds reports whether the name is a plain file with exactly those bytes.
func (s *Store) holds(ctx context.Context, name string, data []byte) bool {
	info, err := s.root.Lstat(name)
	if err != nil || !info.Mode().IsRegular() || info.Size() != int64(len(data)) {
		return false
	}
	f, err := s.root.Open(name)
	if err != nil {
		return false
	}
	defer f.Close()
	buf := make([]byte, min(64<<10, len(data)))
	for len(data) > 0 && ctx.Err() == nil {
		n, err := io.ReadFull(f, buf[:min(len(buf), len(data))])
		if err != nil || !bytes.Equal(buf[:n], data[:n]) {
			return false
		}
		data = data[n:]
	}
	return len(data) == 0
}

func (s *Store) syncFolder(folder string) error {
	f, err := s.root.Open(folder)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}
