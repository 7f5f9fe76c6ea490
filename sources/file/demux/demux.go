// Package demux takes the JPEG images out of Motion JPEG clips: Matroska, fragmented MP4, AVI, and images that
// stand one after the other. Demuxers stream, hold one image at a time and bound whatever a file claims. Clips
// of any other kind are told from these and left to the caller, as are opening, pacing and decoding.
package demux

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"time"
)

// maxImage is the largest encoded picture that is read, in bytes. Whatever claims to be larger is damage.
const maxImage = 64 << 20

const (
	// readAhead is how much of a clip is read before it is known what it is: images larger than that go straight to
	// where they belong.
	readAhead = 4 << 10
	// leastGrowth is the least memory that bytes get for which there was no room.
	leastGrowth = 64 << 10
)

// Demuxer takes the JPEG images out of a Motion JPEG clip, one after the other. Its methods may not overlap.
type Demuxer interface {
	// Next gives an image and the time that the clip tells for it, or NoTime. It writes the image to the beginning
	// of buf, or to memory of its own where buf has no capacity for it. io.EOF comes after the last whole image, also
	// when the clip is cut off inside one. Errors of the reader are given on; all others tell of damage.
	Next(buf []byte) (image []byte, told time.Duration, err error)
	// About gives what the clip's header tells.
	About() About
	// Jump goes to a place from which Next comes to the picture of that time, and gives the time of the first
	// picture there. Where it cannot, ok is false and Next goes on as if it had not been called.
	Jump(to time.Duration) (at time.Duration, ok bool)
}

// NoTime stands for a time that the clip does not tell.
const NoTime time.Duration = -1 << 63

// About is what a container tells of its video.
type About struct {
	Step     time.Duration // from one picture to the next; 0 or NoTime where it is not told
	Rotation int           // degrees clockwise by which a viewer turns the pictures
	Height   int           // of the video, in pixels; 0 where it is not told
	Length   time.Duration // of the whole clip; 0 where it is not told
}

var (
	// ErrNotMJPEG says that a clip is something else than Motion JPEG in a container that is read here.
	ErrNotMJPEG = errors.New("not Motion JPEG")
	// ErrNoPicture says that a file ends before its first picture.
	ErrNoPicture = errors.New("it ends before its first picture: cut off, or never written to")
	// ErrBroken marks what the network did, as against the end of a file. The reader of a Tape wraps it.
	ErrBroken = errors.New("connection broken")
)

// Open looks at the first bytes, reads the headers and gives the demuxer for the clip. Errors are ErrNotMJPEG,
// ErrNoPicture, those of the reader, and others that tell of damage.
func Open(r *Tape) (Demuxer, error) {
	head, err := r.Peek(16)
	if err != nil && len(head) == 0 {
		return nil, fmt.Errorf("read: %w", err)
	}
	switch {
	case bytes.HasPrefix(head, []byte{0x1A, 0x45, 0xDF, 0xA3}):
		return newMatroska(r)
	case len(head) >= 12 && string(head[:4]) == "RIFF" && string(head[8:12]) == "AVI ":
		return newAVI(r)
	case bytes.HasPrefix(head, []byte{0xFF, 0xD8, 0xFF}):
		return NewMJPEG(r), nil
	case len(head) >= 8 && string(head[4:8]) == "ftyp":
		return newFragments(r)
	}
	return nil, ErrNotMJPEG
}

// readN reads n bytes into buf, which grows only as far as bytes really come: a false length in a damaged
// file takes no memory.
func readN(r io.Reader, buf []byte, n int) ([]byte, error) {
	buf = buf[:0]
	for len(buf) < n {
		if len(buf) == cap(buf) {
			bigger := make([]byte, len(buf), min(n, max(2*cap(buf), leastGrowth)))
			copy(bigger, buf)
			buf = bigger
		}
		got, err := io.ReadFull(r, buf[len(buf):min(n, cap(buf))])
		buf = buf[:len(buf)+got]
		if err != nil {
			return buf, cutOff(err)
		}
	}
	return buf, nil
}

// skip passes over n bytes.
func skip(r *Tape, n int64) error {
	if r.file != nil && n > int64(max(r.Buffered(), readAhead)) {
		return r.leap(n)
	}
	for n > 0 {
		step := int(min(n, 1<<30))
		if _, err := r.Discard(step); err != nil {
			return cutOff(err)
		}
		n -= int64(step)
	}
	return nil
}

// cutOff makes the end inside an element the same as the end between two: a recording that was cut off
// ends with its last whole picture. A connection that broke is another matter, and stays an error.
func cutOff(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, ErrBroken) {
		return io.EOF
	}
	return err
}

// headless words the end of a file that comes before its first picture.
func headless(err error) error {
	if errors.Is(err, io.EOF) {
		return ErrNoPicture
	}
	return err
}
