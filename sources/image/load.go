package image

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"framewire/pipeline"
)

// maxFile is the largest file that is read, in bytes.
const maxFile = 1 << 30

// errChanging says that a file is being written. It is whole later.
var errChanging = errors.New("it changed while it was read")

// loaded is what there is to know of a file besides the picture.
type loaded struct {
	stamp stamp
	sum   [32]byte // SHA-256 of the file, where it is needed
	// warning is about a JPEG that is handed on although it is cut off: it is the user's picture, and most
	// viewers show what there is of it.
	warning error
}

// loader makes a frame of a file.
type loader struct {
	pool  *pipeline.Pool
	sums  bool // the SHA-256 of each file is needed
	empty bool // files without a byte are taken too
	maker maker
}

func newLoader(cfg *Config, env pipeline.Env) *loader {
	return &loader{pool: env.Pool, sums: cfg.Watch, empty: cfg.Original, maker: newMaker(cfg, env)}
}

// file reads one picture.
func (l *loader) file(path string) (*pipeline.Frame, loaded, error) {
	data, is, err := l.read(path)
	if err != nil {
		return nil, loaded{}, err
	}
	got := loaded{stamp: is}
	if l.sums {
		got.sum = sha256.Sum256(data.Data)
	}
	f, warning, err := l.maker.make(data)
	got.warning = warning
	return f, got, err
}

// read takes a whole file into a frame.
func (l *loader) read(path string) (*pipeline.Frame, stamp, error) {
	// A look before opening: opening a device may do something.
	info, err := os.Stat(path)
	if err != nil {
		return nil, stamp{}, reason(err)
	}
	switch {
	case !info.Mode().IsRegular():
		return nil, stamp{}, errors.New("it is not a file but a device, a pipe or a socket")
	case info.Size() == 0 && !l.empty:
		return nil, stamp{}, errors.New("the file is empty")
	case info.Size() > maxFile:
		return nil, stamp{}, fmt.Errorf("the file has %d MiB, more than the %d MiB that are read", info.Size()>>20, maxFile>>20)
	}
	file, err := openAtOnce(path)
	if err != nil {
		return nil, stamp{}, reason(err)
	}
	defer file.Close()
	// Another look: whoever may write to the folder may have put a pipe there between the two.
	if opened, err := file.Stat(); err != nil || !os.SameFile(opened, info) {
		return nil, stamp{}, errChanging
	}
	f := l.pool.Get(int(info.Size()))
	if err = fill(f.Data, file, stampOf(info)); err != nil {
		f.Release()
		return nil, stamp{}, err
	}
	return f, stampOf(info), nil
}

// fill reads all of a file and makes sure that it did not change meanwhile.
func fill(data []byte, file *os.File, is stamp) error {
	_, err := io.ReadFull(file, data)
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return errChanging
	}
	if err != nil {
		return reason(err)
	}
	after, err := file.Stat()
	if err != nil {
		return reason(err)
	}
	if stampOf(after) != is {
		return errChanging
	}
	return nil
}

func (l *loader) close() error { return l.maker.close() }

// reason takes the path out of a file system's error, which the caller names.
func reason(err error) error {
	if errors.Is(err, fs.ErrPermission) {
		return errors.New("this user may not read it: change its permissions")
	}
	if errors.Is(err, fs.ErrNotExist) {
		return errors.New("it is gone")
	}
	if path := new(fs.PathError); errors.As(err, &path) {
		return path.Err
	}
	return err
}
