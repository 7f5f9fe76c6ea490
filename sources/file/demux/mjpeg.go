package demux

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"time"
)

// mjpeg reads JPEG images that stand one after the other, as in .mjpeg files and in the multipart streams
// of IP cameras. Whatever stands between two images is passed over.
type mjpeg struct {
	r     *bufio.Reader
	image []byte // so far
	pos   int64
}

var _ Demuxer = (*mjpeg)(nil)

// NewMJPEG gives the demuxer for images that stand one after the other, however the clip begins.
func NewMJPEG(r *Tape) Demuxer { return &mjpeg{r: bufio.NewReaderSize(r, scanned)} }

// scanned is how much is read at once where images have to be looked through for their ends.
const scanned = 64 << 10

// About tells nothing: there are no headers.
func (m *mjpeg) About() About { return About{Step: NoTime} }

// Jump never does: pictures without times are counted.
func (m *mjpeg) Jump(time.Duration) (at time.Duration, ok bool) { return 0, false }

// Next walks through an image marker by marker (ITU-T T.81, annex B), so that a preview inside it does
// not end it.
func (m *mjpeg) Next(buf []byte) ([]byte, time.Duration, error) {
	m.image = buf
	if err := m.start(); err != nil {
		return nil, 0, err
	}
	for {
		code, err := m.marker()
		if err != nil {
			return nil, 0, err
		}
		switch {
		case code == 0xD9: // end of image
			return m.image, NoTime, nil
		case code == 0xD8: // a new image in the middle of one: the first was cut off
			m.image = append(m.image[:0], 0xFF, 0xD8)
		case code == 0x00 || code == 0x01 || code >= 0xD0 && code <= 0xD7:
			// Picture data and restarts go on to the next marker.
		default:
			if err := m.segment(); err != nil {
				return nil, 0, err
			}
		}
	}
}

// start looks for the beginning of an image.
func (m *mjpeg) start() error {
	for last := byte(0); ; {
		b, err := m.byte()
		if err != nil {
			return err
		}
		if last == 0xFF && b == 0xD8 {
			m.image = append(m.image[:0], 0xFF, 0xD8)
			return nil
		}
		last = b
	}
}

// marker takes everything up to the next marker over and gives its code.
func (m *mjpeg) marker() (code byte, err error) {
	for {
		part, err := m.r.ReadSlice(0xFF)
		if err := m.take(part); err != nil {
			return 0, err
		}
		if err == nil {
			break
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return 0, cutOff(err)
		}
	}
	for {
		b, err := m.byte()
		if err != nil {
			return 0, err
		}
		m.image = append(m.image, b)
		if b != 0xFF { // more FFs are padding
			return b, nil
		}
		if len(m.image) > maxImage {
			return 0, m.take([]byte{b})
		}
	}
}

// segment takes a marker's data over, whose first two bytes are its length.
func (m *mjpeg) segment() error {
	high, err := m.byte()
	if err != nil {
		return err
	}
	low, err := m.byte()
	if err != nil {
		return err
	}
	m.image = append(m.image, high, low)
	for left := int(high)<<8 | int(low) - 2; left > 0; {
		part, err := m.r.Peek(min(left, scanned))
		if len(part) == 0 {
			return cutOff(err)
		}
		if err := m.take(part); err != nil {
			return err
		}
		if _, err := m.r.Discard(len(part)); err != nil {
			return cutOff(err)
		}
		left -= len(part)
	}
	return nil
}

// take adds bytes to the image.
func (m *mjpeg) take(part []byte) error {
	if len(m.image)+len(part) > maxImage {
		return fmt.Errorf("damaged at byte %d: a picture of more than %d MiB", m.pos, maxImage>>20)
	}
	m.image = append(m.image, part...)
	m.pos += int64(len(part))
	return nil
}

// byte reads one byte.
func (m *mjpeg) byte() (byte, error) {
	b, err := m.r.ReadByte()
	m.pos++
	if err != nil && err != io.EOF {
		err = cutOff(err)
	}
	return b, err
}
