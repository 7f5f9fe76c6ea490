package demux

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"time"
)

// avi reads Motion JPEG from AVI (Microsoft's RIFF, with the OpenDML extension for more than 1 GiB). Lists
// are entered and their ends not looked for: an index is not needed, nor a file that was closed properly.
type avi struct {
	r      *Tape
	pos    int64
	stream string // the first two letters of the video's chunks: its stream number, "00" for the first
	rate   uint32 // ticks a ...
	scale  uint32 // ... so many seconds
	height int    // of the video, in pixels
	ticks  int64  // of the whole clip, as the header has it
	tick   int64
	head   [chunkHead]byte // of a chunk
	name   string          // of the last chunk, to use again

	first int64 // where the pictures begin
	scan  *avi  // walks ahead, for the places in points
	known points
}

var _ Demuxer = (*avi)(nil)

const (
	chunkHead  = 8        // bytes of the head of a chunk: its name and its size
	mostHeader = 64 << 10 // bytes of a chunk in the clip's header that is read
)

// newAVI reads the headers, up to the first list of pictures.
func newAVI(r *Tape) (*avi, error) {
	a := &avi{r: r}
	streams, video := 0, false
	for {
		id, size, err := a.chunk()
		if err != nil {
			return nil, headless(err)
		}
		if id == "movi" {
			a.first = a.pos
			break
		}
		switch id {
		case "strh":
			var head []byte
			if head, err = a.small(size); err != nil {
				return nil, headless(err)
			}
			video = a.stream == "" && string(head[:4]) == "vids"
			if video {
				a.stream = fmt.Sprintf("%02d", streams%100)
				a.scale, a.rate = binary.LittleEndian.Uint32(head[20:]), binary.LittleEndian.Uint32(head[24:])
				a.ticks = int64(binary.LittleEndian.Uint32(head[32:]))
			}
			streams++
		case "strf":
			if !video {
				err = a.pass(size)
				break
			}
			var head []byte
			if head, err = a.small(size); err != nil {
				return nil, headless(err)
			}
			if !strings.EqualFold(string(head[16:20]), "MJPG") {
				return nil, ErrNotMJPEG
			}
			a.height = int(int32(binary.LittleEndian.Uint32(head[8:])))
			video = false
		case "RIFF", "AVI ", "hdrl", "strl":
		default:
			err = a.pass(size)
		}
		if err != nil {
			return nil, headless(err)
		}
	}
	if a.stream == "" {
		return nil, ErrNotMJPEG
	}
	return a, nil
}

// chunk reads a chunk's head. Of a list that is worth entering it gives the list's type.
func (a *avi) chunk() (id string, size int64, err error) {
	head := a.head[:]
	if err := a.full(head); err != nil {
		return "", 0, err
	}
	if string(head[:4]) != a.name {
		a.name = string(head[:4])
	}
	id, size = a.name, int64(binary.LittleEndian.Uint32(head[4:]))
	if id != "LIST" && id != "RIFF" {
		return id, size, nil
	}
	if err := a.full(head[:4]); err != nil {
		return "", 0, err
	}
	switch kind := string(head[:4]); kind {
	case "AVI ", "AVIX", "hdrl", "strl", "movi", "rec ":
		return kind, 0, nil
	}
	return id, max(size-4, 0), nil
}

// full fills buf.
func (a *avi) full(buf []byte) error {
	_, err := io.ReadFull(a.r, buf)
	a.pos += int64(len(buf))
	return cutOff(err)
}

// small reads a header chunk.
func (a *avi) small(size int64) ([]byte, error) {
	if size < 40 || size > mostHeader {
		return nil, fmt.Errorf("damaged at byte %d: a header of %d bytes", a.pos, size)
	}
	head, err := readN(a.r, nil, int(size))
	if err != nil {
		return nil, err
	}
	a.pos += size
	return head, a.pad(size)
}

// pass leaves a chunk's data out, and the byte that makes it even.
func (a *avi) pass(size int64) error {
	a.pos += size
	if err := skip(a.r, size); err != nil {
		return err
	}
	return a.pad(size)
}

// pad passes over the byte that makes a chunk of that size even.
func (a *avi) pad(size int64) error {
	a.pos += size & 1
	return skip(a.r, size&1)
}

// About gives what the headers told.
func (a *avi) About() About {
	return About{Step: a.time(1), Height: a.height, Length: max(a.time(a.ticks), 0)}
}

// Next gives the next picture.
func (a *avi) Next(buf []byte) ([]byte, time.Duration, error) {
	size, told, err := a.picture()
	if err != nil {
		return nil, 0, err
	}
	image, err := readN(a.r, buf, int(size))
	if err != nil {
		return nil, 0, err
	}
	a.pos += size
	if err := a.pad(size); err != nil && !errors.Is(err, io.EOF) {
		return nil, 0, err
	}
	return image, told, nil
}

// picture reads up to the data of the next picture and gives its size and time. A chunk without data means
// that nothing changed at its tick.
func (a *avi) picture() (size int64, told time.Duration, err error) {
	for {
		id, size, err := a.chunk()
		if err != nil {
			return 0, 0, err
		}
		if strings.Trim(id, "\x20\x00") == "" || strings.IndexFunc(id, notLetter) >= 0 {
			return 0, 0, fmt.Errorf("damaged at byte %d: no chunk is named %q", a.pos-chunkHead, id)
		}
		if !a.isVideo([]byte(id)) {
			if err := a.enter(id, size); err != nil {
				return 0, 0, err
			}
			continue
		}
		told := a.time(a.tick)
		a.tick++
		if size == 0 {
			continue
		}
		if size > maxImage {
			return 0, 0, fmt.Errorf("damaged at byte %d: a picture of %d bytes", a.pos, size)
		}
		return size, told, nil
	}
}

// isVideo reports whether a chunk of that name holds a picture of the video.
func (a *avi) isVideo(id []byte) bool {
	return len(id) == 4 && string(id[:2]) == a.stream && (string(id[2:]) == "dc" || string(id[2:]) == "db")
}

// enter goes on behind the head of a list, and passes over any other chunk.
func (a *avi) enter(id string, size int64) error {
	switch id {
	case "AVI ", "AVIX", "movi", "rec ":
		return nil
	}
	return a.pass(size)
}

// time gives the time of a tick, or NoTime where the header tells no rate.
func (a *avi) time(tick int64) time.Duration {
	if a.rate == 0 || a.scale == 0 {
		return NoTime
	}
	seconds := float64(tick) * float64(a.scale) / float64(a.rate)
	if seconds > math.MaxInt64/float64(2*time.Second) {
		return NoTime
	}
	return time.Duration(math.Round(seconds * float64(time.Second)))
}

// notLetter tells what no chunk's name has in it.
func notLetter(c rune) bool { return c < ' ' || c > '~' }
