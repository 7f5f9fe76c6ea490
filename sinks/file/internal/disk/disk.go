// Package disk is what a recorder asks of a file system, and which of its errors mean that the disk is full or gone.
// Whatever it makes is durable where it says so; nothing is ever overwritten. Tests put faults in by an
// implementation of their own.
package disk

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"framewire/pipeline/filesystem"
)

// Disk is a file system. All methods may block for as long as the disk does.
type Disk interface {
	// MkdirAll makes a folder and those above it, durably.
	MkdirAll(dir string) error
	// Create makes a new file for reading and writing and locks it; fs.ErrExist where the name is taken.
	Create(path string) (File, error)
	// Open opens a file for reading and writing and locks it; ErrLocked where another program records to it.
	Open(path string) (File, error)
	// Place gives a file another name in the same folder and closes it, whatever comes of it. It gives fs.ErrExist
	// where that name is taken, and may then be called again.
	Place(f File, to string) error
	Remove(path string) error
	Lstat(path string) (fs.FileInfo, error)
	// ReadDir lists a folder in the order of the names.
	ReadDir(dir string) ([]fs.DirEntry, error)
	ReadFile(path string) ([]byte, error)
	// Append adds a line to a file, which it makes where it is missing, durably. A torn last line ends before it.
	Append(path string, line []byte) error
	// Replace writes a file anew: whoever reads it finds the old or the new content.
	Replace(path string, data []byte) error
	// SyncDir makes the names in a folder durable.
	SyncDir(dir string) error
	// Lock keeps other recorders from changing the lists in a folder until unlock is called. Where somebody else
	// never lets go of a lock it gives up after a while.
	Lock(dir string) (unlock func())
	// Free is how many bytes can still be written; errors.ErrUnsupported where the system does not say.
	Free(dir string) (int64, error)
}

// File is an open file.
type File interface {
	io.ReaderAt
	io.WriterAt
	Truncate(size int64) error
	Sync() error
	// BeginSync has the system begin to bring n bytes to the disk, where it can be asked for that, so that the next
	// Sync has less to wait for. It makes nothing durable.
	BeginSync(at, n int64)
	Stat() (fs.FileInfo, error)
	Name() string
	Close() error
}

// ErrLocked says that another program has the file open to record.
var ErrLocked = errors.New("another program records to it")

// file is a file of the machine.
type file struct{ *os.File }

// OS is the file system of the machine.
type OS struct{}

var _ Disk = OS{}

// MkdirAll makes a folder and those above it, durably.
func (OS) MkdirAll(dir string) error {
	if info, err := os.Stat(dir); err == nil && info.IsDir() {
		return nil // recordings begin often, and need no flush of what stood there
	}
	return filesystem.MakeFolder(dir)
}

// Create makes a new file for reading and writing and locks it.
func (OS) Create(path string) (File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return nil, err
	}
	if errors.Is(filesystem.Lock(f), filesystem.ErrHeld) { // by one who looks for what a crash has left
		f.Close()
		return nil, &fs.PathError{Op: "create", Path: path, Err: fs.ErrExist}
	}
	return file{f}, nil
}

// Open opens a file for reading and writing and locks it.
func (OS) Open(path string) (File, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "open", Path: path, Err: errors.New("it is no plain file")}
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	if errors.Is(filesystem.Lock(f), filesystem.ErrHeld) {
		f.Close()
		return nil, &fs.PathError{Op: "open", Path: path, Err: ErrLocked}
	}
	return file{f}, nil
}

// Place gives a file another name in the same folder and closes it. A hard link refuses a name that is taken,
// which a plain rename does not; file systems without links rename where that can refuse one too, and else get a
// look and a rename.
func (OS) Place(f File, to string) error {
	defer f.Close() // only now, so that nobody takes it for one that a crash has left
	if runtime.GOOS == "windows" {
		f.Close() // there no open file is renamed
	}
	from := f.Name()
	if err := os.Link(from, to); err == nil {
		return os.Remove(from)
	} else if errors.Is(err, fs.ErrExist) {
		return err
	}
	if err := renameNew(from, to); !errors.Is(err, errors.ErrUnsupported) {
		return err
	}
	if _, err := os.Lstat(to); err == nil {
		return &fs.PathError{Op: "rename", Path: to, Err: fs.ErrExist}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return os.Rename(from, to)
}

// renameNew renames a file to a name in the same folder that must be free.
func renameNew(from, to string) error {
	folder, err := os.Open(filepath.Dir(to))
	if err != nil {
		return err
	}
	defer folder.Close()
	if err := filesystem.RenameNew(folder, filepath.Base(from), folder, filepath.Base(to)); err != nil {
		return &fs.PathError{Op: "rename", Path: to, Err: err}
	}
	return nil
}

// Remove removes a file or an empty folder.
func (OS) Remove(path string) error { return os.Remove(path) }

// Lstat describes a file without following a link.
func (OS) Lstat(path string) (fs.FileInfo, error) { return os.Lstat(path) }

// ReadDir lists a folder in the order of the names.
func (OS) ReadDir(dir string) ([]fs.DirEntry, error) { return os.ReadDir(dir) }

// SyncDir makes the names in a folder durable, as far as its file system can be asked for that.
func (OS) SyncDir(dir string) error { return filesystem.SyncPath(dir) }

// Lock keeps other recorders from changing the lists in a folder until unlock is called.
func (OS) Lock(dir string) (unlock func()) {
	f, err := os.Open(dir)
	if err != nil {
		return func() {} // whoever writes into it next will say so
	}
	filesystem.LockWait(f)
	return func() { f.Close() }
}

// Free is how many bytes can still be written.
func (OS) Free(dir string) (int64, error) { return filesystem.Free(dir) }

// Probe makes a folder and finds out whether files can be made in it.
func Probe(d Disk, dir string) error {
	if err := d.MkdirAll(dir); err != nil {
		return err
	}
	path := filepath.Join(dir, ".framewire-"+rand.Text()+".tmp")
	f, err := d.Create(path)
	if err != nil {
		return fmt.Errorf("no recording can be made in %s: %w", dir, Cause(err))
	}
	f.Close()
	return d.Remove(path)
}
