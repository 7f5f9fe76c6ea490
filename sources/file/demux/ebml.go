package demux

import (
	"fmt"
	"math"
	"math/bits"
)

// unknownSize is the size of an element that was still open when the file was written (RFC 8794, section 6.2).
const unknownSize int64 = -1

// ebmlReader reads the elements of an EBML document (RFC 8794) one after the other.
type ebmlReader struct {
	r   *Tape
	pos int64 // bytes read so far
}

// element reads an element's head: its identifier with the length marker, and the size of its data.
func (e *ebmlReader) element() (id uint32, size int64, err error) {
	v, _, err := e.vint(4)
	if err != nil {
		return 0, 0, err
	}
	id = uint32(v)
	v, n, err := e.vint(8)
	if err != nil {
		return 0, 0, cutOff(err)
	}
	v &^= 1 << (7 * n) // the length marker
	if v == 1<<(7*n)-1 {
		return id, unknownSize, nil
	}
	return id, int64(v), nil
}

// vint reads a number of at most so many bytes, length marker included, and gives its length too.
func (e *ebmlReader) vint(most int) (v uint64, n int, err error) {
	first, err := e.r.ReadByte()
	if err != nil {
		return 0, 0, err
	}
	n = bits.LeadingZeros8(first) + 1
	if n > most {
		return 0, 0, fmt.Errorf("damaged at byte %d: no element begins with %#02x", e.pos, first)
	}
	e.pos += int64(n)
	v = uint64(first)
	for range n - 1 {
		b, err := e.r.ReadByte()
		if err != nil {
			return 0, 0, cutOff(err)
		}
		v = v<<8 | uint64(b)
	}
	return v, n, nil
}

// uint reads an unsigned integer of size bytes.
func (e *ebmlReader) uint(size int64) (v uint64, err error) {
	if size < 0 || size > 8 {
		return 0, fmt.Errorf("damaged at byte %d: an integer of %d bytes", e.pos, size)
	}
	for range size {
		b, err := e.r.ReadByte()
		if err != nil {
			return 0, cutOff(err)
		}
		v = v<<8 | uint64(b)
	}
	e.pos += size
	return v, nil
}

// float reads a float of 4 or 8 bytes.
func (e *ebmlReader) float(size int64) (float64, error) {
	v, err := e.uint(size)
	if size == 4 {
		return float64(math.Float32frombits(uint32(v))), err
	}
	return math.Float64frombits(v), err
}

// text reads a string of at most 256 bytes; a longer one is damage.
func (e *ebmlReader) text(size int64) (string, error) {
	if size < 0 || size > 256 {
		return "", fmt.Errorf("damaged at byte %d: a name of %d bytes", e.pos, size)
	}
	buf, err := readN(e.r, nil, int(size))
	e.pos += size
	return string(buf), err
}

// skip passes over an element's data.
func (e *ebmlReader) skip(size int64) error {
	e.pos += size
	return skip(e.r, size)
}
