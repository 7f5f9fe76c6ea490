package file

import (
	"errors"
	"fmt"
)

// mostCues bounds the memory of a recording's index; a longer recording gets a coarser one.
const mostCues = 1 << 15

// cue is where a cluster of some time begins.
type cue struct{ time, pos int64 }

// cues collects the index while the file grows.
type cues struct {
	list  []cue
	least int64 // ticks between two entries
}

func (c *cues) add(now, pos int64) {
	if n := len(c.list); n > 0 && now-c.list[n-1].time < c.least {
		return
	}
	if len(c.list) == mostCues {
		for i := range mostCues / 2 {
			c.list[i] = c.list[2*i]
		}
		c.list = c.list[:mostCues/2]
		c.least *= 2
	}
	c.list = append(c.list, cue{now, pos})
}

type (
	cuePoint struct {
		CueTime           uint64
		CueTrackPositions struct{ CueTrack, CueClusterPosition uint64 }
	}
	seekEntry struct {
		SeekID       []byte
		SeekPosition uint64
	}
)

// writeIndex adds the Cues, says in the SeekHead where everything stands, and gives the segment its length.
func (m *matroska) writeIndex() error {
	if len(m.cues.list) == 0 {
		return nil
	}
	points := make([]cuePoint, len(m.cues.list))
	for i, c := range m.cues.list {
		points[i].CueTime = uint64(c.time)
		points[i].CueTrackPositions.CueTrack = 1
		points[i].CueTrackPositions.CueClusterPosition = uint64(c.pos)
	}
	index, err := marshal(&struct {
		Cues struct{ CuePoint []cuePoint }
	}{struct{ CuePoint []cuePoint }{points}})
	if err != nil {
		return err
	}
	at := m.end
	if err := m.append(index); err != nil {
		return err
	}
	seek, err := marshal(&struct {
		SeekHead struct{ Seek []seekEntry }
	}{struct{ Seek []seekEntry }{[]seekEntry{
		{[]byte{0x15, 0x49, 0xA9, 0x66}, uint64(m.info - m.segment)},
		{[]byte{0x16, 0x54, 0xAE, 0x6B}, uint64(m.tracks - m.segment)},
		{[]byte{0x1C, 0x53, 0xBB, 0x6B}, uint64(at - m.segment)},
	}}})
	if err != nil {
		return err
	}
	if len(seek) > seekRoom-2 {
		return fmt.Errorf("build a matroska element: the SeekHead has %d bytes and room for %d", len(seek), seekRoom-2)
	}
	_, err = m.file.WriteAt(append(seek, void(seekRoom-len(seek))...), m.seek)
	return errors.Join(err, m.patchSize(m.segment-8, m.end-m.segment))
}
