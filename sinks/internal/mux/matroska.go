package mux

import (
	"encoding/binary"
	"errors"
	"time"

	"framewire/pipeline"
)

const (
	// matroskaTick is the unit of times in our Matroska files. With 100 microseconds a block's 16-bit time
	// reaches 3.2 s into its cluster, and no rounding of a frame's time can be seen.
	matroskaTick = 100 * time.Microsecond
	// clusterSpan is how much time goes into a cluster: what a player has to read to find a frame in it.
	clusterSpan = int64(500 * time.Millisecond / matroskaTick)
	// clusterHead and blockHead are the bytes in front of a cluster's first block and of a block's frame.
	clusterHead = 4 + 8 + 10
	blockHead   = 1 + 8 + 4
	// sizeMarker stands in front of a length of 56 bits, of which all ones mean that it is not known.
	sizeMarker  = 1 << 56
	sizeUnknown = 2*sizeMarker - 1
	// mostCues bounds the memory of a recording's index.
	mostCues = 1 << 15
)

// The elements that are laid out here (RFC 9559, section 5.1).
const (
	idCluster     = 0x1F43B675
	idTimestamp   = 0xE7
	idSimpleBlock = 0xA3
)

// matroska writes one video track of JPEG frames (codec V_MJPEG, RFC 9559). While it records, segment and
// cluster have no length and each frame is one block, written at once: whatever kills the process, the
// file holds every frame before. The duration is kept right with each new cluster; the lengths, the index
// (Cues) and where it stands are filled in at the end.
type matroska struct {
	tail

	segment  int64 // where the segment's content begins; positions in the file count from here
	info     int64
	tracks   int64
	duration int64 // room for the Duration

	frames  uint64
	cluster int64 // where the open cluster begins; 0 before the first
	began   int64 // the cluster's time, in ticks
	last    int64 // time of the last frame, in ticks
	step    int64 // between the last two frames
	cues    points

	head [clusterHead + blockHead]byte
}

var _ Muxer = (*matroska)(nil)

// NewMatroska begins a Matroska file with one track of JPEG frames of first's size and rotation. The date in
// it is when, the time of its first frame.
func NewMatroska(file File, first *pipeline.Frame, when time.Time) (Muxer, error) {
	m := newMatroska(file)
	head, err := m.header(first, when)
	if err != nil {
		return nil, err
	}
	return m, m.append(head)
}

func newMatroska(file File) *matroska {
	return &matroska{
		tail: tail{file: file},
		step: int64(time.Second / 25 / matroskaTick),
		cues: points{least: 2 * int64(time.Second/matroskaTick), most: mostCues},
	}
}

// Write appends a block, with the head of a new cluster in front of it when the open one is long enough.
func (m *matroska) Write(f *pipeline.Frame, at time.Duration) error {
	now := int64(at.Round(matroskaTick) / matroskaTick)
	if m.frames > 0 {
		now = max(now, m.last+1)
	}
	if m.cluster == 0 || now-m.began >= clusterSpan {
		return m.startCluster(f, now)
	}
	block := m.head[clusterHead:]
	putBlock(block, now-m.began, len(f.Data))
	if err := m.append(block, f.Data); err != nil {
		return err
	}
	m.add(now)
	return nil
}

// startCluster ends the open cluster and begins the next with a frame.
func (m *matroska) startCluster(f *pipeline.Frame, now int64) error {
	if err := m.endCluster(); err != nil {
		return err
	}
	begin := m.end
	binary.BigEndian.PutUint32(m.head[:], idCluster)
	binary.BigEndian.PutUint64(m.head[4:], sizeUnknown)
	m.head[12], m.head[13] = idTimestamp, 0x88
	binary.BigEndian.PutUint64(m.head[14:], uint64(now))
	putBlock(m.head[clusterHead:], 0, len(f.Data))
	if err := m.append(m.head[:], f.Data); err != nil {
		return err
	}
	m.open(begin, now)
	m.add(now)
	return nil
}

// putBlock lays out the head of a SimpleBlock: track 1, time within the cluster, key frame, no lacing
// (RFC 9559, section 10.2).
func putBlock(b []byte, within int64, n int) {
	b[0] = idSimpleBlock
	binary.BigEndian.PutUint64(b[1:], sizeMarker|uint64(4+n))
	b[9] = 0x81
	binary.BigEndian.PutUint16(b[10:], uint16(within))
	b[12] = 0x80
}

// open counts a cluster and add a frame that stand in the file.
func (m *matroska) open(begin, now int64) {
	m.cluster, m.began = begin, now
	m.cues.add(now, begin-m.segment)
}

func (m *matroska) add(now int64) {
	if m.frames > 0 {
		m.step = now - m.last
	}
	m.frames, m.last = m.frames+1, now
}

// endCluster fills in the open cluster's length and the duration up to its end.
func (m *matroska) endCluster() error {
	if m.cluster == 0 {
		return nil
	}
	if err := m.sizeCluster(); err != nil {
		return err
	}
	return m.patchDuration()
}

func (m *matroska) sizeCluster() error {
	const idBytes, sizeBytes = 4, 8
	return m.patchSize(m.cluster+idBytes, m.end-m.cluster-idBytes-sizeBytes)
}

func (m *matroska) patchSize(at, size int64) error {
	binary.BigEndian.PutUint64(m.head[:8], sizeMarker|uint64(size))
	_, err := m.file.WriteAt(m.head[:8], at)
	return err
}

// Close ends the last cluster and adds what players need for searching; the segment's length comes last,
// behind a sync: who finds it finds all.
func (m *matroska) Close() error {
	return errors.Join(m.complete(), m.file.Close())
}

func (m *matroska) complete() error {
	if err := m.endCluster(); err != nil {
		return err
	}
	if err := m.writeIndex(); err != nil {
		return err
	}
	if err := m.file.Sync(); err != nil {
		return err
	}
	if err := m.patchSize(m.segment-8, m.end-m.segment); err != nil {
		return err
	}
	return m.file.Sync()
}
