package mux

import (
	"bytes"
	"errors"
	"io"
)

// walker reads its way along a recording that may be torn. It keeps a small window of the file, so that one
// read a frame gives the end of one frame and the head of the next, and never holds a frame.
type walker struct {
	file   File
	window [256]byte
	begin  int64 // of the window in the file
	have   int
	ends   bool // the first frame ends with an end of image
	looked bool
}

const (
	behind   = 64 // bytes of the window in front of what was asked for
	mostPeek = len(walker{}.window) - behind
	// tornTail is how many zeros at a frame's end are taken for bytes that never reached the disk, unless an
	// end of image stands before them. After mostZeros it is no longer searched for.
	tornTail  = 8
	mostZeros = 1 << 20
)

// peek gives the n bytes at that place, at most mostPeek, or fewer at the end of the file.
func (w *walker) peek(at int64, n int) ([]byte, error) {
	if at < w.begin || at+int64(n) > w.begin+int64(w.have) {
		w.begin = max(0, at-behind)
		got, err := w.file.ReadAt(w.window[:], w.begin)
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		w.have = got
	}
	from := min(max(at-w.begin, 0), int64(w.have))
	return w.window[from:min(from+int64(n), int64(w.have))], nil
}

// begins reports whether an image begins there.
func (w *walker) begins(at int64) (bool, error) {
	b, err := w.peek(at, 2)
	return string(b) == "\xFF\xD8", err
}

// whole reports whether an image that ends there is all there, as far as its end tells: cameras leave out the
// end of image, so that alone says nothing. One with which the recording ends is looked at more strictly, and
// has to end as the first does.
func (w *walker) whole(begin, end int64, last bool) (bool, error) {
	zeros, marked, err := w.ending(begin, end)
	if err != nil {
		return false, err
	}
	if !w.looked {
		w.looked, w.ends = true, marked
	}
	if last {
		return marked || zeros == 0 && !w.ends, nil
	}
	return marked || zeros < tornTail, nil
}

// ending counts the zeros at the end of an image and tells whether an end of image (EOI) stands before them.
func (w *walker) ending(begin, end int64) (zeros int64, marked bool, err error) {
	for at := end; at > begin && zeros < mostZeros; {
		from := max(begin, at-behind)
		b, err := w.peek(from, int(at-from))
		if err != nil {
			return 0, false, err
		}
		if int64(len(b)) < at-from {
			return tornTail, false, nil // behind the end of the file
		}
		rest := bytes.TrimRight(b, "\x00")
		zeros += int64(len(b) - len(rest))
		if len(rest) == 1 && from > begin { // the marker may lie across the border
			at = from + 1
			zeros = end - at
			continue
		}
		if len(rest) > 0 {
			return zeros, bytes.HasSuffix(rest, []byte{0xFF, 0xD9}), nil
		}
		at = from
	}
	return zeros, false, nil
}
