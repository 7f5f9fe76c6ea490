package mux

import "fmt"

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

// writeIndex adds the Cues and says in the SeekHead where everything stands.
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
	_, err = m.file.WriteAt(append(seek, void(seekRoom-len(seek))...), m.segment)
	return err
}
