package file

import (
	"encoding/binary"
	"errors"
	"os"
	"time"

	"framewire/pipeline"
)

const (
	// tick is the unit of times in our Matroska files. With 100 microseconds a block's 16-bit time reaches
	// 3.2 s into its cluster, and no rounding of a frame's time can be seen.
	tick = 100 * time.Microsecond
	// clusterSpan is how much time goes into a cluster: what a player has to read to find a frame in it.
	clusterSpan = int64(500 * time.Millisecond / tick)
	// sizeMarker stands in front of a length of 56 bits.
	sizeMarker = 1 << 56
)

// matroska writes one video track of JPEG frames (codec V_MJPEG, RFC 9559). While it records, segment and
// cluster have no length and each frame is one block, written at once: whatever kills the process, the
// file holds every frame before. The duration is kept right with each new cluster; the lengths, the index
// (Cues) and where it stands are filled in at the end.
type matroska struct {
	file *os.File
	end  int64 // of the last whole element

	segment  int64 // where the segment's content begins; positions in the file count from here
	seek     int64 // room for the SeekHead
	info     int64
	tracks   int64
	duration int64 // room for the Duration

	cluster int64 // where the open cluster begins; 0 before the first
	began   int64 // the cluster's time, in ticks
	last    int64 // time of the last frame, in ticks
	step    int64 // between the last two frames
	cues    cues

	head [13]byte // of the block being written
}

var _ recorder = (*matroska)(nil)

func newMatroska(file *os.File, first *pipeline.Frame, when time.Time) (*matroska, error) {
	m := &matroska{file: file, step: int64(time.Second / 25 / tick), cues: cues{least: 2 * int64(time.Second/tick)}}
	head, err := m.header(first, when)
	if err != nil {
		return nil, err
	}
	return m, m.append(head)
}

func (m *matroska) write(f *pipeline.Frame, at time.Duration) error {
	now := int64(at / tick)
	if m.cluster != 0 {
		m.step = now - m.last
	}
	if m.cluster == 0 || now-m.began >= clusterSpan {
		if err := m.startCluster(now); err != nil {
			return err
		}
	}
	// SimpleBlock: track 1, time within the cluster, key frame, no lacing (RFC 9559, section 10.2).
	m.head[0] = 0xA3
	binary.BigEndian.PutUint64(m.head[1:], sizeMarker|uint64(4+len(f.Data)))
	m.head[9] = 0x81
	binary.BigEndian.PutUint16(m.head[10:], uint16(now-m.began))
	m.head[12] = 0x80
	if err := m.append(m.head[:], f.Data); err != nil {
		return err
	}
	m.last = now
	return nil
}

// startCluster ends the open cluster and begins the next.
func (m *matroska) startCluster(now int64) error {
	if err := m.endCluster(); err != nil {
		return err
	}
	begin := m.end
	head, err := marshal(&struct {
		Cluster struct{ Timecode uint64 } `ebml:"Cluster,size=unknown"`
	}{struct{ Timecode uint64 }{uint64(now)}})
	if err != nil {
		return err
	}
	if err := m.append(head); err != nil {
		return err
	}
	m.cluster, m.began = begin, now
	m.cues.add(now, begin-m.segment)
	return nil
}

// endCluster fills in the open cluster's length and the duration up to its end.
func (m *matroska) endCluster() error {
	if m.cluster == 0 {
		return nil
	}
	const idBytes, sizeBytes = 4, 8
	if err := m.patchSize(m.cluster+idBytes, m.end-m.cluster-idBytes-sizeBytes); err != nil {
		return err
	}
	return m.patchDuration()
}

// append writes an element at the end of the file. Of one that does not fit nothing stays.
func (m *matroska) append(parts ...[]byte) error {
	end := m.end
	for _, part := range parts {
		n, err := m.file.WriteAt(part, end)
		if err != nil {
			return errors.Join(err, m.file.Truncate(m.end))
		}
		end += int64(n)
	}
	m.end = end
	return nil
}

func (m *matroska) patchSize(at, size int64) error {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], sizeMarker|uint64(size))
	_, err := m.file.WriteAt(b[:], at)
	return err
}

// close ends the last cluster and adds what players need for searching. A file on a full disk goes
// without the index.
func (m *matroska) close() error {
	err := m.endCluster()
	if err == nil {
		err = m.writeIndex()
	}
	return errors.Join(err, m.file.Close())
}
