package demux

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"
)

const (
	mostBox     = 1 << 20 // of a header that is read, in bytes
	mostSamples = 1 << 16 // in one fragment
)

// sample is where a picture lies in a file, and when it is shown.
type sample struct {
	at, size int64 // in bytes
	time     int64 // in ticks
}

// fragments reads Motion JPEG from fragmented MP4 (ISO/IEC 14496-12, section 8.8), fragment by fragment: so a
// file that was cut off plays up to there. MP4 with one index for all is left to the native library.
type fragments struct {
	r     *Tape
	pos   int64
	track mp4Track
	info  About

	box     int64    // where the next box begins
	list    []sample // of the fragment
	taken   int      // of the list
	scratch [16]byte // a box's head
	buf     []byte   // a fragment's header

	first int64      // the first box behind the headers
	scan  *fragments // walks ahead, for the places in known
	known points
}

var _ Demuxer = (*fragments)(nil)

// newFragments reads the headers. What it does not understand is left to the native library.
func newFragments(r *Tape) (*fragments, error) {
	f := &fragments{r: r}
	switch err := f.movie(); {
	case errors.Is(err, ErrBroken):
		return nil, err
	case err != nil:
		return nil, ErrNotMJPEG
	}
	f.info, f.first = f.track.about(), f.pos
	return f, nil
}

// movie reads up to the end of the movie box.
func (f *fragments) movie() error {
	for {
		kind, size, err := f.head()
		if err != nil {
			return err
		}
		switch string(kind[:]) {
		case "ftyp", "free", "skip", "styp", "uuid":
			if err := f.pass(size); err != nil {
				return err
			}
		case "moov":
			body, err := f.body(size)
			if err == nil {
				f.track, err = parseMovie(body)
			}
			return err
		default:
			return ErrNotMJPEG
		}
	}
}

// head reads a box's kind and the size of its content, and notes where the next begins.
func (f *fragments) head() (kind [4]byte, size int64, err error) {
	head := &f.scratch
	if err := f.full(head[:8]); err != nil {
		return kind, 0, err
	}
	kind, size = [4]byte(head[4:8]), int64(binary.BigEndian.Uint32(head[:]))-8
	switch size {
	case 0 - 8: // up to the end of the file
		size = 1 << 60
	case 1 - 8:
		if err := f.full(head[8:]); err != nil {
			return kind, 0, err
		}
		size = int64(binary.BigEndian.Uint64(head[8:])) - 16
	}
	if size < 0 || size > 1<<60 {
		return kind, 0, fmt.Errorf("damaged at byte %d: a box of %d bytes", f.pos, size)
	}
	f.box = f.pos + size
	return kind, size, nil
}

func (f *fragments) full(buf []byte) error {
	n, err := io.ReadFull(f.r, buf)
	f.pos += int64(n)
	return cutOff(err)
}

// body reads the content of a header box.
func (f *fragments) body(size int64) (_ []byte, err error) {
	if size > mostBox {
		return nil, ErrNotMJPEG // it holds one index for all
	}
	f.buf, err = readN(f.r, f.buf, int(size))
	f.pos += int64(len(f.buf))
	return f.buf, err
}

func (f *fragments) pass(n int64) error {
	f.pos += n
	return skip(f.r, n)
}

// About gives what the headers told.
func (f *fragments) About() About { return f.info }

// Next gives the next picture.
func (f *fragments) Next(buf []byte) ([]byte, time.Duration, error) {
	for f.taken == len(f.list) {
		if err := f.fragment(); err != nil {
			return nil, 0, err
		}
	}
	s := f.list[f.taken]
	f.taken++
	if s.at < f.pos || s.at+s.size > f.box || s.size > maxImage {
		return nil, 0, fmt.Errorf("damaged at byte %d: a picture of %d bytes at byte %d", f.pos, s.size, s.at)
	}
	if err := f.pass(s.at - f.pos); err != nil {
		return nil, 0, err
	}
	image, err := readN(f.r, buf, int(s.size))
	f.pos += int64(len(image))
	return image, f.track.duration(s.time), err
}

// fragment goes on to the data of the next fragment.
func (f *fragments) fragment() error {
	if _, err := f.nextFragment(); err != nil {
		return err
	}
	for {
		kind, size, err := f.head()
		if err != nil {
			return err
		}
		if string(kind[:]) == "mdat" {
			f.taken = 0
			return nil
		}
		if err := f.pass(size); err != nil {
			return err
		}
	}
}

// nextFragment reads the header of the next fragment with pictures and gives where it begins.
func (f *fragments) nextFragment() (at int64, err error) {
	for {
		if err := f.pass(max(f.box-f.pos, 0)); err != nil {
			return 0, err
		}
		at := f.pos
		kind, size, err := f.head()
		if err != nil {
			return 0, err
		}
		if string(kind[:]) != "moof" {
			continue
		}
		if size > mostBox {
			return 0, fmt.Errorf("damaged at byte %d: a header of %d bytes", at, size)
		}
		body, err := f.body(size)
		if err != nil {
			return 0, err
		}
		f.list, err = f.track.parseFragment(f.list[:0], body, at)
		f.taken = len(f.list) // until its data come
		if err != nil {
			return 0, fmt.Errorf("damaged at byte %d: %w", at, err)
		}
		if len(f.list) > 0 {
			return at, nil
		}
	}
}
