package file

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"time"
)

// maxImage is the largest encoded picture that is read, in bytes. Whatever claims to be larger is damage.
const maxImage = 64 << 20

// bufferSize is how much of a file is read at once, and how far sniff looks.
const bufferSize = 64 << 10

// demuxer takes the JPEG images out of a Motion JPEG clip, one after the other.
type demuxer interface {
	// next gives an image, which is valid until the next call, and the time that the clip tells for it, or
	// noTime. io.EOF comes after the last whole image, also when the clip is cut off inside one.
	next() (image []byte, told time.Duration, err error)
	// about gives what the clip's header tells.
	about() about
	// jump goes to a place from which next comes to the picture of that time, and gives the time of the first
	// picture there. Where it cannot, ok is false and next goes on as if it had not been called.
	jump(to time.Duration) (at time.Duration, ok bool)
}

// about is what a container tells of its video.
type about struct {
	step     time.Duration // from one picture to the next; 0 where it is not told
	rotation int           // degrees clockwise by which a viewer turns the pictures
	height   int           // of the video, in pixels; 0 where it is not told
	length   time.Duration // of the whole clip; 0 where it is not told
	live     bool          // comes as it happens: nothing to wait for, and no end
}

// errNotMJPEG says that a container is sound and holds something else than Motion JPEG.
var errNotMJPEG = errors.New("not Motion JPEG")

// openDemuxer looks at the first bytes and gives the demuxer for them, or errNotMJPEG.
func openDemuxer(r *tape) (demuxer, error) {
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
		return newMJPEG(r), nil
	case len(head) >= 8 && string(head[4:8]) == "ftyp":
		return newFragments(r)
	}
	return nil, errNotMJPEG
}

// readN reads n bytes into buf, which grows only as far as bytes really come: a false length in a damaged
// file takes no memory.
func readN(r io.Reader, buf []byte, n int) ([]byte, error) {
	buf = buf[:0]
	for len(buf) < n {
		if len(buf) == cap(buf) {
			bigger := make([]byte, len(buf), min(n, max(2*cap(buf), bufferSize)))
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
func skip(r *tape, n int64) error {
	if r.file != nil && n > int64(r.Buffered()) {
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
	if errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, errBroken) {
		return io.EOF
	}
	return err
}

// headless words the end of a file that comes before its first picture.
func headless(err error) error {
	if errors.Is(err, io.EOF) {
		return errors.New("it ends before its first picture: cut off, or never written to")
	}
	return err
}

// containsJPEG reports whether the beginning of an image is among the bytes.
func containsJPEG(head []byte) bool { return bytes.Contains(head, []byte{0xFF, 0xD8, 0xFF}) }
