package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"time"

	"framewire/sinks/internal/pattern"
)

const (
	// searched is how many files of one name are looked at.
	searched = 256
	// mostTaken is the highest number that is put behind a name.
	mostTaken = 9_999_999
)

var errOther = errors.New("other bytes")

// Content is a file's bytes as far as they must be known to find them again.
type Content struct {
	Size int64
	Sum  [32]byte // SHA-256
	// Insert stands in the file after its first At bytes and is counted neither in Size nor in Sum.
	Insert []byte
	At     int64
}

// Has reports whether PutContext of those bytes would find them there already, durably: under the name with
// or without a number, as far as the row of numbers goes, 255 at most. The bytes are looked into only where
// the size fits, and only once while a file does not change. A part of them that nobody has open is removed
// then. Errors that come of the name wrap ErrName.
func (s *Store) Has(ctx context.Context, name string, c Content) (bool, error) {
	_, found, err := s.find(ctx, name, c)
	if err != nil {
		return false, fmt.Errorf("look for %s: %w", filepath.Join(s.dir, name), err)
	}
	if found {
		s.parts.drop(c.Sum)
	}
	return found, nil
}

// find gives the number of the file that holds those bytes or, where none does, the first that is free.
func (s *Store) find(ctx context.Context, name string, c Content) (n int, found bool, err error) {
	if n, ok := s.memory.number(content{name, c.Sum}); ok && s.holds(ctx, numbered(name, n), c) {
		return n, true, nil
	}
	for n := range searched {
		if err := ctx.Err(); err != nil {
			return 0, false, err
		}
		candidate := numbered(name, n)
		switch _, err := s.root.Lstat(candidate); {
		case errors.Is(err, fs.ErrNotExist):
			return n, false, nil
		case err != nil:
			return 0, false, blameFolder(err, filepath.Dir(name))
		case s.holds(ctx, candidate, c):
			return n, true, s.keepFound(candidate, content{name, c.Sum}, n)
		}
	}
	return s.free(name), false, ctx.Err()
}

// keepFound makes sure that a file that somebody else may have put there survives a loss of power.
func (s *Store) keepFound(name string, c content, n int) error {
	f, err := openFile(s.root, name, flushMode)
	if err == nil {
		err = f.Sync()
		f.Close()
	}
	if err != nil && !errors.Is(err, fs.ErrPermission) { // read-only on Windows: nobody writes it just now
		return cause(err)
	}
	if _, err := s.makeFolder(filepath.Dir(name)); err != nil {
		return err
	}
	if err := s.syncFolder(filepath.Dir(name)); err != nil {
		return cause(err)
	}
	s.memory.keep(c, n)
	return nil
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
	if n, ok := s.memory.after(name); ok {
		return n
	}
	taken := func(n int) bool {
		_, err := s.root.Lstat(numbered(name, n))
		return err == nil
	}
	low, high := searched-1, searched
	for high < mostTaken && taken(high) {
		low, high = high, min(2*high, mostTaken)
	}
	return low + 1 + sort.Search(high-low-1, func(i int) bool { return !taken(low + 1 + i) })
}

// holds reports whether the name is a plain file with exactly those bytes.
func (s *Store) holds(ctx context.Context, name string, c Content) bool {
	info, err := s.root.Lstat(name)
	if err != nil || !info.Mode().IsRegular() || info.Size() != c.Size+int64(len(c.Insert)) {
		return false
	}
	whole := len(c.Insert) == 0
	if sum, ok := s.memory.sum(name, info.Size(), info.ModTime()); ok && whole {
		return sum == c.Sum
	}
	f, err := openFile(s.root, name, readMode)
	if err != nil {
		return false
	}
	defer f.Close()
	// A link or a pipe may have been planted between the two.
	if there, err := f.Stat(); err != nil || !os.SameFile(info, there) {
		return false
	}
	still := time.Since(info.ModTime()) > settled
	sum, err := c.sumIn(until{ctx, f})
	if err == nil && whole && still {
		s.memory.keepSum(name, sumOf{info.Size(), info.ModTime(), sum})
	}
	return err == nil && sum == c.Sum
}

// sumIn gives the sum of a file's bytes without those that were inserted, or an error where others stand
// in their place.
func (c Content) sumIn(file io.Reader) (sum [32]byte, err error) {
	h := sha256.New()
	if len(c.Insert) > 0 {
		if _, err := io.CopyN(h, file, c.At); err != nil {
			return sum, err
		}
		insert := make([]byte, len(c.Insert))
		if _, err := io.ReadFull(file, insert); err != nil {
			return sum, err
		}
		if !bytes.Equal(insert, c.Insert) {
			return sum, errOther
		}
	}
	_, err = io.Copy(h, file)
	return [32]byte(h.Sum(nil)), err
}

// until is a reader that fails once its context is done.
type until struct {
	ctx  context.Context
	from io.Reader
}

func (u until) Read(p []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.from.Read(p)
}
