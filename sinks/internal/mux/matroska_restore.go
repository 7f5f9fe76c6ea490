package mux

import (
	"encoding/binary"
	"math"
	"time"
)

// next understands a block, with a cluster's head in front of it or not.
func (m *matroskaRemains) next(w *walker, after piece) (piece, bool, error) {
	const idCues = "\x1C\x53\xBB\x6B"
	if after.end == 0 {
		after.end = m.end
	}
	p := piece{at: after.end, parent: after.parent, origin: after.origin}
	b, err := w.peek(p.at, clusterHead+blockHead)
	if err != nil {
		return piece{}, false, err
	}
	if len(b) >= 4 && string(b[:4]) == idCues {
		return piece{index: true}, true, nil
	}
	head := clusterLength(b)
	if head > 0 {
		p.parent, p.origin = p.at, int64(number(b[14:head]))
	}
	block := b[head:]
	if p.parent == 0 || len(block) < blockHead || block[0] != idSimpleBlock || block[1] != sizeMarker>>56 || block[9] != 0x81 || block[12] != 0x80 {
		return piece{}, false, nil
	}
	p.begin = p.at + int64(head) + blockHead
	p.end = p.begin + int64(number(block[2:9])) - 4
	p.time = p.origin + int64(int16(binary.BigEndian.Uint16(block[10:])))
	if p.end <= p.begin || p.end-p.begin > math.MaxUint32 || p.time < 0 || after.time >= p.time && after.begin > 0 {
		return piece{}, false, nil
	}
	ok, err := w.begins(p.begin)
	return p, ok, err
}

// clusterLength gives the bytes of a cluster's head with its time, or 0 where none begins.
func clusterLength(b []byte) int {
	if len(b) < clusterHead || binary.BigEndian.Uint32(b) != idCluster || b[4] != sizeMarker>>56 || b[12] != idTimestamp {
		return 0
	}
	if n := int(b[13]) - 0x80; n >= 1 && n <= 8 {
		return 14 + n
	}
	return 0
}

func (m *matroskaRemains) take(p piece) error {
	if p.parent != m.cluster {
		if m.cluster != 0 {
			if err := m.sizeCluster(); err != nil {
				return err
			}
		}
		m.open(p.parent, p.origin)
	}
	m.end = p.end
	m.matroska.add(p.time)
	return nil
}

func (m *matroskaRemains) finished(size int64) (bool, error) {
	return m.size == size-m.segment, nil
}

func (m *matroskaRemains) summary() Summary {
	return Summary{Frames: m.frames, Duration: time.Duration(m.last+m.step) * matroskaTick, Began: m.when, Format: m.format}
}
