package demux

import (
	"bufio"
	"errors"
	"io"
)

// Tape reads a clip from its beginning and, where it is a file, goes to other places in it.
type Tape struct {
	*bufio.Reader
	file seekable // nil for what comes over a network
}

// seekable is what a file can do.
type seekable interface {
	io.ReadSeeker
	io.ReaderAt
}

// NewTape gives a tape that reads the clip from here on. An io.ReadSeeker that is an io.ReaderAt too can be searched.
func NewTape(r io.Reader) *Tape {
	t := &Tape{Reader: bufio.NewReaderSize(r, readAhead)}
	t.file, _ = r.(seekable)
	return t
}

// jump has the next byte read at that place.
func (t *Tape) jump(at int64) error {
	if _, err := t.file.Seek(at, io.SeekStart); err != nil {
		return err
	}
	t.Reset(t.file)
	return nil
}

// size is how long the file is.
func (t *Tape) size() (int64, error) {
	now, err := t.file.Seek(0, io.SeekCurrent)
	if err != nil {
		return 0, err
	}
	end, err := t.file.Seek(0, io.SeekEnd)
	if err != nil {
		return 0, err
	}
	_, err = t.file.Seek(now, io.SeekStart)
	return end, err
}

// part reads n bytes from a place in the file, for an index of at most mostReferences.
func (t *Tape) part(at, n int64) ([]byte, error) {
	if n < 0 || n > mostReferences {
		return nil, errNoIndex
	}
	return readN(io.NewSectionReader(t.file, at, n), nil, int(n))
}

// mostReferences is the largest index that is read, in bytes.
const mostReferences = 64 << 20

// errNoIndex says that a clip has no index that can be used.
var errNoIndex = errors.New("no index")

// leap passes over n bytes without reading them. An end of the file that it passes is met by the next read.
func (t *Tape) leap(n int64) error {
	if _, err := t.file.Seek(n-int64(t.Buffered()), io.SeekCurrent); err != nil {
		return io.EOF // farther than any file can be long
	}
	t.Reset(t.file)
	return nil
}

// aside gives a second reader of the file, for short looks at many places.
func (t *Tape) aside() *Tape {
	const most = 1<<62 - 1
	return NewTape(io.NewSectionReader(t.file, 0, most))
}
