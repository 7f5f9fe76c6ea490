package demux

import (
	"fmt"
	"math"
	"time"
)

// The Matroska elements that matter here (RFC 9559, section 5).
const (
	idSegment          = 0x18538067
	idSeekHead         = 0x114D9B74
	idSeek             = 0x4DBB
	idSeekID           = 0x53AB
	idSeekPosition     = 0x53AC
	idInfo             = 0x1549A966
	idDuration         = 0x4489
	idTimestampScale   = 0x2AD7B1
	idTracks           = 0x1654AE6B
	idTrackEntry       = 0xAE
	idTrackNumber      = 0xD7
	idTrackType        = 0x83
	idCodecID          = 0x86
	idDefaultDuration  = 0x23E383
	idContentEncodings = 0x6D80
	idVideo            = 0xE0
	idProjection       = 0x7670
	idProjectionRoll   = 0x7675
	idCluster          = 0x1F43B675
	idTimestamp        = 0xE7
	idSimpleBlock      = 0xA3
	idBlockGroup       = 0xA0
	idBlock            = 0xA1
	idCues             = 0x1C53BB6B
	idCuePoint         = 0xBB
	idCueTime          = 0xB3
	idCuePositions     = 0xB7
	idCueCluster       = 0xF1
)

// matroska reads Motion JPEG from Matroska. Parent elements are entered and their ends not looked for, as
// identifiers mean the same wherever they stand: so segments and clusters of unknown size need no care,
// nor does a file that was cut off.
type matroska struct {
	ebmlReader
	scale   uint64 // nanoseconds a tick
	track   uint64 // number of the video track
	info    About
	ticks   float64 // the clip's length
	cluster uint64  // ticks

	segment int64          // where the segment's content begins
	first   int64          // where the first cluster begins
	index   *matroskaIndex // nil until somebody jumps
}

var _ Demuxer = (*matroska)(nil)

// matroskaTrack is a track's entry while it is being read.
type matroskaTrack struct {
	number, kind, step uint64
	codec              string
	roll               float64
	coded              bool // compressed or encrypted once more
}

// newMatroska reads the headers, up to the first cluster.
func newMatroska(r *Tape) (*matroska, error) {
	m := &matroska{ebmlReader: ebmlReader{r: r}, scale: 1_000_000}
	var tracks []matroskaTrack
	for {
		m.first = m.pos
		id, size, err := m.element()
		if err != nil {
			return nil, headless(err)
		}
		if id == idCluster {
			break
		}
		if id == idTrackEntry {
			if len(tracks) == 256 {
				return nil, fmt.Errorf("damaged at byte %d: more than 256 tracks", m.pos)
			}
			tracks = append(tracks, matroskaTrack{})
			continue
		}
		var current matroskaTrack
		if len(tracks) > 0 {
			current = tracks[len(tracks)-1]
		}
		if err := m.header(id, size, &current); err != nil {
			return nil, headless(err)
		}
		if len(tracks) > 0 {
			tracks[len(tracks)-1] = current
		}
	}
	for _, t := range tracks {
		if t.kind != 1 {
			continue
		}
		if t.codec != "V_MJPEG" || t.coded {
			return nil, ErrNotMJPEG
		}
		m.track = t.number
		m.info.Step = time.Duration(min(t.step, math.MaxInt64))
		// The roll is counter-clockwise (RFC 9559, section 5.1.4.1.28.46).
		m.info.Rotation = quarterTurn(-t.roll)
		m.info.Length = max(m.time(m.ticks), 0)
		return m, nil
	}
	return nil, ErrNotMJPEG
}

// header reads one element in front of the clusters.
func (m *matroska) header(id uint32, size int64, t *matroskaTrack) (err error) {
	switch id {
	case idSegment:
		m.segment = m.pos
	case idInfo, idTracks, idVideo, idProjection:
	case idDuration:
		m.ticks, err = m.float(size)
	case idTimestampScale:
		m.scale, err = m.uint(size)
		if err == nil && (m.scale == 0 || m.scale > uint64(time.Hour)) {
			err = fmt.Errorf("damaged at byte %d: a tick of %d ns", m.pos, m.scale)
		}
	case idTrackNumber:
		t.number, err = m.uint(size)
	case idTrackType:
		t.kind, err = m.uint(size)
	case idCodecID:
		t.codec, err = m.text(size)
	case idDefaultDuration:
		t.step, err = m.uint(size)
	case idProjectionRoll:
		t.roll, err = m.float(size)
	case idContentEncodings:
		t.coded = true
		err = m.pass(size)
	default:
		err = m.pass(size)
	}
	return err
}

// pass leaves an element out; one of unknown size is entered, which passes over its children.
func (m *matroska) pass(size int64) error {
	if size == unknownSize {
		return nil
	}
	return m.skip(size)
}

// About gives what the headers told.
func (m *matroska) About() About { return m.info }

// Next gives the next block of the video track.
func (m *matroska) Next(buf []byte) ([]byte, time.Duration, error) {
	for {
		id, size, err := m.element()
		if err != nil {
			return nil, 0, err
		}
		switch id {
		case idSegment, idCluster, idBlockGroup:
		case idTimestamp:
			m.cluster, err = m.uint(size)
		case idSimpleBlock, idBlock:
			var image []byte
			var told time.Duration
			if image, told, err = m.block(size, buf); image != nil {
				return image, told, err
			}
		default:
			err = m.pass(size)
		}
		if err != nil {
			return nil, 0, err
		}
	}
}

// block reads a block (RFC 9559, section 10). It passes over one of another track, and gives no image then.
func (m *matroska) block(size int64, buf []byte) (image []byte, told time.Duration, err error) {
	start := m.pos
	if size < 4 || size > maxImage {
		return nil, 0, fmt.Errorf("damaged at byte %d: a block of %d bytes", start, size)
	}
	track, n, err := m.vint(8)
	if err != nil {
		return nil, 0, err
	}
	head, err := m.uint(3)
	if err != nil {
		return nil, 0, err
	}
	left := size - (m.pos - start)
	if left < 0 {
		return nil, 0, fmt.Errorf("damaged at byte %d: a block of %d bytes", start, size)
	}
	if track&^(1<<(7*n)) != m.track || left == 0 {
		return nil, 0, m.skip(left)
	}
	if head&0x06 != 0 {
		return nil, 0, fmt.Errorf("the block at byte %d holds several pictures (lacing), which is not read here: copy the clip with `ffmpeg -i IN -c copy OUT.mkv`", start)
	}
	image, err = readN(m.r, buf, int(left))
	m.pos += left
	return image, m.time(float64(m.cluster) + float64(int16(head>>8))), err
}

// time gives the time of so many ticks, or NoTime where that is none.
func (m *matroska) time(ticks float64) time.Duration {
	ns := ticks * float64(m.scale)
	if !(math.Abs(ns) <= math.MaxInt64/2) {
		return NoTime
	}
	return time.Duration(ns)
}

// quarterTurn rounds degrees to 0, 90, 180 or 270.
func quarterTurn(degrees float64) int {
	if math.IsNaN(degrees) || math.IsInf(degrees, 0) {
		return 0
	}
	return (int(math.Round(math.Mod(degrees, 360)/90))*90 + 360) % 360
}
