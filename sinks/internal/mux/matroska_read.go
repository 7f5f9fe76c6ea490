package mux

import (
	"math"
	"math/bits"
	"time"

	"framewire/pipeline"
)

// matroskaMagic is the EBML header that our files begin with.
const matroskaMagic = "\x1A\x45\xDF\xA3\xA3\x42\x86\x81\x01\x42\xF7\x81\x01\x42\xF2\x81\x04\x42\xF3\x81\x08\x42\x82\x88matroska\x42\x87\x81\x04\x42\x85\x81\x02"

// element is a Matroska element that was read from a few bytes.
type element struct {
	id   uint64
	data []byte // as far as it is there
	next []byte // what stands behind it
	size int64  // -1: not known
}

// readElement reads the element that b begins with (RFC 8794, sections 5 and 6). ok is false where there is
// none whose head is whole.
func readElement(b []byte) (e element, ok bool) {
	id, b, ok := readVint(b, 4, true)
	if !ok {
		return element{}, false
	}
	size, b, ok := readVint(b, 8, false)
	if !ok {
		return element{}, false
	}
	n := min(size, uint64(len(b)))
	e = element{id: id, data: b[:n], next: b[n:], size: int64(size)}
	if size == math.MaxUint64 {
		e.size = -1
	}
	return e, true
}

// readVint reads a number of at most that many bytes, whose first bits tell how many they are. All ones,
// which stand for a length that is not known, give MaxUint64.
func readVint(b []byte, most int, marker bool) (v uint64, rest []byte, ok bool) {
	if len(b) == 0 {
		return 0, nil, false
	}
	n := bits.LeadingZeros8(b[0]) + 1
	if n > most || n > len(b) {
		return 0, nil, false
	}
	v = number(b[:n])
	if marker {
		return v, b[n:], true
	}
	ones := uint64(1)<<(7*n) - 1
	if v &= ones; v == ones {
		v = math.MaxUint64
	}
	return v, b[n:], true
}

// number reads an unsigned integer of up to eight bytes; more are none of ours.
func number(b []byte) (v uint64) {
	for _, c := range b[:min(len(b), 8)] {
		v = v<<8 | uint64(c)
	}
	return v
}

// matroskaRemains is a Matroska file that is read again.
type matroskaRemains struct {
	*matroska
	size   int64 // of the segment, as the file says; -1 while it is open
	format pipeline.Format
	when   time.Time
}

var _ remains = (*matroskaRemains)(nil)

// reopenMatroska understands the header that the method header of matroska makes.
func reopenMatroska(file File, head []byte) (remains, error) {
	const idSegment, idInfo, idTracks = 0x18538067, 0x1549A966, 0x1654AE6B
	m := &matroskaRemains{matroska: newMatroska(file)}
	segment, ok := readElement(head[len(matroskaMagic):])
	if !ok || segment.id != idSegment {
		return nil, ErrForeign
	}
	m.size = segment.size
	m.segment = int64(len(matroskaMagic)) + 12
	m.info = m.segment + seekRoom
	if int64(len(head)) < m.info {
		return nil, ErrForeign
	}
	info, ok := readElement(head[m.info:])
	if !ok || info.id != idInfo || !m.readInfo(info.data) {
		return nil, ErrForeign
	}
	m.tracks = int64(len(head) - len(info.next))
	m.duration = m.tracks - durationRoom
	tracks, ok := readElement(info.next)
	if !ok || tracks.id != idTracks || tracks.size != int64(len(tracks.data)) || !m.readTracks(tracks.data) {
		return nil, ErrForeign
	}
	m.end = int64(len(head) - len(tracks.next))
	return m, nil
}

// readInfo wants our name and our unit of time.
func (m *matroskaRemains) readInfo(b []byte) bool {
	const idTimestampScale, idMuxingApp, idDateUTC = 0x2AD7B1, 0x4D80, 0x4461
	ours, scale := false, false
	for e, ok := readElement(b); ok; e, ok = readElement(e.next) {
		switch e.id {
		case idTimestampScale:
			scale = number(e.data) == uint64(matroskaTick)
		case idMuxingApp:
			ours = string(e.data) == muxingApp
		case idDateUTC:
			m.when = time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(number(e.data)))
		}
	}
	return ours && scale
}

func (m *matroskaRemains) readTracks(b []byte) bool {
	const (
		idTrackEntry, idCodecID, idVideo = 0xAE, 0x86, 0xE0
		idPixelWidth, idPixelHeight      = 0xB0, 0xBA
	)
	jpeg := false
	for e, ok := readElement(b); ok; e, ok = readElement(e.next) {
		switch e.id {
		case idTrackEntry, idVideo: // go on with what is in it, and what is behind it
			e.next = e.data[:len(e.data)+len(e.next)]
		case idCodecID:
			jpeg = string(e.data) == "V_MJPEG"
		case idPixelWidth:
			m.format.Width = int(number(e.data))
		case idPixelHeight:
			m.format.Height = int(number(e.data))
		}
	}
	m.format.Codec = pipeline.CodecJPEG
	return jpeg && m.format.Check(1) == nil
}
