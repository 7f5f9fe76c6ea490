package mux

import (
	"bytes"
	"errors"
	"io"
	"sort"
)

// rehearsal is a file that is only compared with what would be written into it.
type rehearsal struct {
	File
	end     int64 // as it would be
	differs bool
}

// WriteAt notes whether these bytes already stand there.
func (r *rehearsal) WriteAt(b []byte, at int64) (int, error) {
	var have [4 << 10]byte
	r.end = max(r.end, at+int64(len(b)))
	for done := 0; done < len(b) && !r.differs; {
		part := b[done:min(done+len(have), len(b))]
		n, err := r.File.ReadAt(have[:len(part)], at+int64(done))
		if err != nil && !errors.Is(err, io.EOF) {
			return done, err
		}
		r.differs = !bytes.Equal(have[:n], part)
		done += len(part)
	}
	return len(b), nil
}

// Truncate notes the length.
func (r *rehearsal) Truncate(size int64) error {
	r.end = size
	return nil
}

// Sync has nothing to do.
func (r *rehearsal) Sync() error { return nil }

// mostSize is longer than any file, in bytes.
const mostSize = 1 << 50

// sizeOf finds a file's length by reading, since a File need not tell.
func sizeOf(file File) (int64, error) {
	var b [1]byte
	var failed error
	n := sort.Search(mostSize, func(n int) bool {
		_, err := file.ReadAt(b[:], int64(n))
		if err != nil && !errors.Is(err, io.EOF) {
			failed = err
		}
		return err != nil
	})
	return int64(n), failed
}

// readUpTo reads n bytes, or fewer at the end of the file.
func readUpTo(file File, at int64, n int) ([]byte, error) {
	b := make([]byte, n)
	got, err := file.ReadAt(b, at)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return b[:got], err
}
