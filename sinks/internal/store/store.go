// Package store puts whole files into one folder: each appears complete or not at all, none is ever
// overwritten, and no name leads out of the folder. It also keeps the parts of files that have not come
// whole. It knows nothing of pictures.
//
// # What Put's nil means
//
// The file survives a loss of power under the name that Put gave, because of this order:
//
//  1. The bytes go into a temporary file beside the others, which is flushed to the disk (fsync).
//  2. Missing folders are made, and the folder that each one stands in is flushed.
//  3. A hard link gives the file its name. It refuses a name that is taken, and a file that has a name is
//     therefore complete at every moment.
//  4. The folder with that name is flushed.
//
// A file that was there already with the same bytes is flushed likewise. What a crash leaves behind is a
// temporary file at most, which the next Open removes.
package store

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"framewire/pipeline/filesystem"
)

// ownPrefix begins the names of the Store's own files; package pattern makes no such name.
const ownPrefix = ".framewire-"

// Options are what a Store may be told. The zero value has no limits.
type Options struct {
	MaxBytes int64 // of all files below the folder, parts too
	MaxFiles int   // below the folder, without parts
	MinFree  int64 // bytes that stay free on the disk
	Existing bool  // a folder that is missing is an error and not made
}

// Store is an open folder. Put is for one goroutine at a time; Has, Room and Part may be called beside it
// from another one. Other processes may use the same folder.
type Store struct {
	dir    string
	root   *os.Root
	memory *memory
	usage  *usage
	parts  *parts

	// What the file system may not be able to do, or tests look at.
	link   func(from, to string) error
	rename func(root *os.Root, from, to string) error // to a name that must be free
	flush  func(folder *os.File) error
}

// Open is OpenWith without options.
func Open(dir string) (*Store, error) { return OpenWith(context.Background(), dir, Options{}) }

// OpenWith makes the folder where it is missing, opens it, removes the temporary files that nobody writes to and
// the parts of long ago, and counts the files if there are limits to their number or size.
func OpenWith(ctx context.Context, dir string, opts Options) (*Store, error) {
	if !opts.Existing {
		if err := makeDurable(dir); err != nil {
			return nil, err
		}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	s := &Store{
		dir: dir, root: root, memory: newMemory(), usage: &usage{opts: opts}, parts: newParts(root),
		link: root.Link, rename: renameNew, flush: filesystem.SyncFolder,
	}
	err = s.checkWrite()
	if err == nil {
		err = s.prepare(ctx)
	}
	if err != nil {
		root.Close()
		return nil, err
	}
	return s, nil
}

// checkWrite finds out now, and not when the first file comes, that this user may not write here.
func (s *Store) checkWrite() error {
	f, name, err := s.newTemp()
	if err == nil {
		f.Close()
		_ = s.root.Remove(name) // if it stays it goes at the next start
		return nil
	}
	if errors.Is(err, fs.ErrPermission) {
		return fmt.Errorf("this user may not write into folder %s: change its permissions or name another", s.dir)
	}
	return nil // a disk that is full or in trouble may have recovered by then
}

// prepare looks through the folder for what crashes and broken transfers left.
func (s *Store) prepare(ctx context.Context) error {
	entries, err := fs.ReadDir(s.root.FS(), ".")
	if err != nil {
		return fmt.Errorf("list %s: %w", s.dir, cause(err))
	}
	now := time.Now()
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ownPrefix) {
			continue
		}
		info, err := e.Info()
		if err != nil || !info.Mode().IsRegular() {
			continue
		}
		if strings.HasSuffix(e.Name(), tempSuffix) {
			s.cleanTemp(info, now)
		}
		s.parts.found(info, now)
	}
	if err := s.usage.count(ctx, s.root); err != nil {
		return fmt.Errorf("count the files of %s: %w", s.dir, cause(err))
	}
	return nil
}

// Put is PutContext without a context.
func (s *Store) Put(name string, data []byte) (string, error) {
	return s.PutContext(context.Background(), name, data)
}

// PutContext writes a file of that name, relative to the folder, and gives the path where it stands. Where
// another file has the name, a number is added to it. A file that holds the same bytes already is left
// alone and its path given, see Has. When it returns without an error the file survives a loss of power;
// when it returns with one, nothing of it stays. The error wraps ErrName, ErrRoom or ErrFull where it comes
// of those.
func (s *Store) PutContext(ctx context.Context, name string, data []byte) (string, error) {
	c := Content{Size: int64(len(data)), Sum: sha256.Sum256(data)}
	at, found, err := s.find(ctx, name, c)
	if err == nil && !found {
		err = s.Room(ctx, c)
	}
	if err == nil && !found {
		at, err = s.write(ctx, name, at, c, data)
	}
	if err != nil {
		return "", fmt.Errorf("write %s: %w", filepath.Join(s.dir, name), err)
	}
	return filepath.Join(s.dir, numbered(name, at)), nil
}

// write makes the file under the first number from n on that is free, and gives that number.
func (s *Store) write(ctx context.Context, name string, n int, c Content, data []byte) (int, error) {
	file, temp, err := s.writeTemp(data)
	if err != nil {
		return 0, cause(err)
	}
	defer file.Close()
	defer s.root.Remove(temp)
	made, err := s.makeFolder(filepath.Dir(name))
	if err != nil {
		return 0, err
	}
	if n, err = s.place(ctx, temp, name, n, c); err != nil {
		s.unmake(made)
	}
	return n, err
}

// Close gives the folder back. Parts that are open stay usable until they are closed.
func (s *Store) Close() error { return s.root.Close() }
