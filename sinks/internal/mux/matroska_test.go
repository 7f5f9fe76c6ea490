package mux

import (
	"bytes"
	"testing"
	"time"

	"framewire/sinks/internal/mux/muxtest"
)

func TestMatroskaElements(t *testing.T) {
	disk := muxtest.NewDisk(nil)
	m := begin(t, disk, ".mkv", 161, 91)
	times := []time.Duration{0, 33 * time.Millisecond, 499 * time.Millisecond, 500 * time.Millisecond, 9 * time.Second}
	fill(t, m, 161, 91, times)
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(disk.Bytes(), []byte(matroskaMagic)) {
		t.Errorf("the file begins with %x, wants %x", disk.Bytes()[:len(matroskaMagic)], matroskaMagic)
	}
	seg := readMatroska(t, disk.Bytes()).Segment
	if v := seg.Tracks.TrackEntry; v.CodecID != "V_MJPEG" || v.Video.PixelWidth != 161 || v.Video.PixelHeight != 91 {
		t.Errorf("track is %+v", v)
	}
	if got := time.Duration(seg.Info.Duration) * matroskaTick; got != 17500*time.Millisecond {
		t.Errorf("duration is %s, wants 17.5s", got)
	}
	if !seg.Info.DateUTC.Equal(began()) {
		t.Errorf("date is %s, wants %s", seg.Info.DateUTC, began())
	}
	i := 0
	for _, c := range seg.Cluster {
		for _, b := range c.SimpleBlock {
			if got := matroskaTick * time.Duration(int64(c.Timecode)+int64(b.Timecode)); got != times[i] || !b.Keyframe {
				t.Errorf("frame %d is at %s, key frame %v, wants %s", i, got, b.Keyframe, times[i])
			}
			i++
		}
	}
	if i != len(times) || len(seg.Cluster) != 3 {
		t.Errorf("%d frames in %d clusters, wants %d in 3", i, len(seg.Cluster), len(times))
	}
}

// TestMatroskaIndex follows the SeekHead to the Cues and those to clusters.
func TestMatroskaIndex(t *testing.T) {
	disk := muxtest.NewDisk(nil)
	m := begin(t, disk, ".mkv", 64, 48)
	fill(t, m, 64, 48, muxtest.Every(300, 30, 1))
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	data := disk.Bytes()
	seg := readMatroska(t, data).Segment
	if len(seg.SeekHead.Seek) != 3 || len(seg.Cues.CuePoint) != 5 {
		t.Fatalf("%d entries in the SeekHead, wants 3; %d cues, wants one for each 2 s of 10", len(seg.SeekHead.Seek), len(seg.Cues.CuePoint))
	}
	start := bytes.Index(data, []byte{0x18, 0x53, 0x80, 0x67}) + 12
	for _, e := range seg.SeekHead.Seek {
		if !bytes.HasPrefix(data[start+int(e.SeekPosition):], e.SeekID) {
			t.Errorf("element %x does not stand at %d", e.SeekID, e.SeekPosition)
		}
	}
	for _, c := range seg.Cues.CuePoint {
		if !bytes.HasPrefix(data[start+int(c.CueTrackPositions.CueClusterPosition):], []byte{0x1F, 0x43, 0xB6, 0x75}) {
			t.Errorf("there is no cluster at %d", c.CueTrackPositions.CueClusterPosition)
		}
	}
}

func TestMatroskaRotation(t *testing.T) {
	for turn, roll := range map[int]float64{90: -90, 180: 180, 270: 90} {
		p := readMatroska(t, turned(t, ".mkv", turn)).Segment.Tracks.TrackEntry.Video.Projection
		if p == nil || (p.ProjectionPoseRoll != roll && p.ProjectionPoseRoll != roll-360) {
			t.Errorf("turned by %d the roll is %+v, wants %g", turn, p, roll)
		}
	}
}

// TestMatroskaOfBefore repairs a file as it was written before clusters began together with their first block.
func TestMatroskaOfBefore(t *testing.T) {
	disk := muxtest.NewDisk(nil)
	m := begin(t, disk, ".mkv", 64, 48)
	written := fill(t, m, 64, 48, muxtest.Every(20, 30, 1))
	short := []byte{idTimestamp, 0x81, 0}
	at := bytes.Index(disk.Bytes(), []byte{0x1F, 0x43, 0xB6, 0x75}) + 12
	old := bytes.Join([][]byte{disk.Bytes()[:at], short, disk.Bytes()[at+10:]}, nil)
	old = append(old, 0x1F, 0x43, 0xB6, 0x75, 1, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, idTimestamp, 0x82, 0x27, 0x10)
	mustRepair(t, "old", ".mkv", old, written, len(written))
}
