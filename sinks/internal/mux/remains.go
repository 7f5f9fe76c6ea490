package mux

import (
	"bytes"
	"errors"
)

// remains is a recording of some container that is read again.
type remains interface {
	// next understands the element behind another; ok is false where there is none of ours.
	next(w *walker, after piece) (p piece, ok bool, err error)
	// take counts an element that is whole.
	take(p piece) error
	// complete writes what Close does behind the last frame.
	complete() error
	// edge is where the last frame ends that was taken.
	edge() int64
	// finished reports whether complete was done on a file of that size, by what it writes last.
	finished(size int64) (bool, error)
	summary() Summary
}

// reopen reads a recording's header.
func reopen(file File) (remains, error) {
	head, err := readUpTo(file, 0, headMost)
	if err != nil {
		return nil, err
	}
	c, err := remains(nil), ErrForeign
	switch {
	case bytes.HasPrefix(head, []byte(matroskaMagic)):
		c, err = reopenMatroska(file, head)
	case bytes.HasPrefix(head, []byte(mp4Magic)):
		c, err = reopenMP4(file, head)
	case bytes.HasPrefix(head, []byte(aviMagic)):
		c, err = reopenAVI(file, head)
	}
	if errors.Is(err, ErrForeign) && unwritten(head) {
		return nil, ErrEmpty
	}
	return c, err
}

// headMost is how much of a file's beginning is looked at, in bytes; our headers are shorter. headLeast is
// shorter than any of them.
const (
	headMost  = 1 << 10
	headLeast = 200
)

// unwritten reports whether a file's beginning is one of ours of which the rest never reached the disk.
func unwritten(head []byte) bool {
	rest := bytes.TrimRight(head, "\x00")
	for _, magic := range []string{matroskaMagic, mp4Magic, aviMagic} {
		n := min(len(rest), len(magic))
		if len(rest) < headLeast && string(rest[:n]) == magic[:n] {
			return true
		}
	}
	return false
}

// follow takes all elements that are whole.
func follow(c remains, w *walker) error {
	p, ok, err := c.next(w, piece{})
	if err != nil {
		return err
	}
	for ok && !p.index {
		after, more, err := c.next(w, p)
		if err != nil {
			return err
		}
		if p.end > p.begin {
			if whole, err := w.whole(p.begin, p.end, !more); err != nil || !whole {
				return err
			}
		}
		if err := c.take(p); err != nil {
			return err
		}
		p, ok = after, more
	}
	return nil
}

// piece is an element of a recording.
type piece struct {
	at         int64  // where its head begins
	begin, end int64  // of the frame's bytes; both the same for a place of AVI without a frame
	time       int64  // Matroska and MP4: in the container's ticks
	parent     int64  // Matroska: where its cluster begins
	origin     int64  // Matroska: the cluster's time
	seq        uint32 // MP4: of the fragment
	shown      int64  // MP4: how long the frame is shown
	index      bool   // the index begins here, and there are no more frames
}
