package file

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/at-wat/ebml-go"

	"framewire/pipeline"
	"framewire/pipeline/pipelinetest"
)

// document is the part of a Matroska file that the tests look at.
type document struct {
	Segment struct {
		SeekHead struct {
			Seek []seekEntry
		}
		Info struct {
			TimecodeScale uint64
			Duration      float64
			DateUTC       time.Time
		}
		Tracks struct {
			TrackEntry struct {
				CodecID string
				Video   video
			}
		}
		Cluster []struct {
			Timecode    uint64
			SimpleBlock []ebml.Block
		}
		Cues struct{ CuePoint []cuePoint }
	}
}

func readMatroska(t *testing.T, path string) document {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var d document
	if err := ebml.Unmarshal(bytes.NewReader(data), &d, ebml.WithIgnoreUnknown(true)); err != nil && err != io.EOF {
		t.Fatal(err)
	}
	return d
}

func TestMatroskaKeepsBytesAndTimes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.mkv")
	pool := pipeline.NewPool()
	s := open(t, path, "")
	times := []time.Duration{0, 33, 70, 71, 500, 501, 1000, 9000, 9040} // milliseconds, after the first
	var want [][]byte
	for i, ms := range times {
		times[i] = ms * time.Millisecond
		f := at(pool, pipeline.JPEG(161, 91), i, 5*time.Second+times[i])
		want = append(want, bytes.Clone(f.Data))
		if err := s.Write(t.Context(), f); err != nil {
			t.Fatal(err)
		}
		f.Release()
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	seg := readMatroska(t, path).Segment
	if v := seg.Tracks.TrackEntry; v.CodecID != "V_MJPEG" || v.Video.PixelWidth != 161 || v.Video.PixelHeight != 91 {
		t.Errorf("track is %+v", v)
	}
	if got := time.Duration(seg.Info.Duration) * tick; got != 9080*time.Millisecond {
		t.Errorf("duration is %s, wants 9.08s", got)
	}
	if want := time.Date(2024, 5, 6, 7, 8, 14, 0, time.UTC); !seg.Info.DateUTC.Equal(want) {
		t.Errorf("date is %s, wants %s", seg.Info.DateUTC, want)
	}
	i := 0
	for _, c := range seg.Cluster {
		for _, b := range c.SimpleBlock {
			if got := tick * time.Duration(int64(c.Timecode)+int64(b.Timecode)); got != times[i] {
				t.Errorf("frame %d is at %s, wants %s", i, got, times[i])
			}
			if !b.Keyframe || !bytes.Equal(b.Data[0], want[i]) {
				t.Errorf("frame %d is not what was written", i)
			}
			i++
		}
	}
	if i != len(want) {
		t.Errorf("%d frames, wants %d", i, len(want))
	}
	mustPlay(t, path, times, 0)
	if got := property(t, path, "format=duration"); got != "9.080000" {
		t.Errorf("ffprobe says duration %s, wants 9.080000", got)
	}
}

// TestMatroskaIndex follows the SeekHead to the Cues and those to clusters.
func TestMatroskaIndex(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.mkv")
	record(t, path, "", pipeline.JPEG(64, 48), every(300, 30, 1))
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	seg := readMatroska(t, path).Segment
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
	out, complaint := tool(t, "ffmpeg", "-ss", "7.5", "-i", path, "-frames:v", "1", "-f", "framecrc", "-")
	if complaint != "" || out == "" {
		t.Errorf("searching for 7.5 s fails: %s", complaint)
	}
}

func TestMatroskaRates(t *testing.T) {
	for _, r := range []struct {
		num, den int
		want     string
	}{{30000, 1001, "30000/1001"}, {25, 1, "25/1"}, {60, 1, "60/1"}, {24000, 1001, "24000/1001"}} {
		t.Run(r.want, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "a.mkv")
			times := every(3*r.num/r.den, r.num, r.den)
			record(t, path, "", pipeline.JPEG(64, 48), times)
			mustPlay(t, path, times, tick/2+time.Microsecond)
			if got := property(t, path, "stream=r_frame_rate"); got != r.want {
				t.Errorf("ffprobe takes the rate for %s, wants %s", got, r.want)
			}
		})
	}
}

func TestMatroskaRotation(t *testing.T) {
	for turn, roll := range map[int]float64{90: -90, 180: 180, 270: 90} {
		path := filepath.Join(t.TempDir(), "a.mkv")
		s := open(t, path, "")
		f := at(pipeline.NewPool(), pipeline.JPEG(64, 48), 0, 0)
		f.Meta.Rotation = turn
		if err := s.Write(t.Context(), f); err != nil {
			t.Fatal(err)
		}
		f.Release()
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		p := readMatroska(t, path).Segment.Tracks.TrackEntry.Video.Projection
		if p == nil || (p.ProjectionPoseRoll != roll && p.ProjectionPoseRoll != roll-360) {
			t.Errorf("turned by %d the roll is %+v, wants %g", turn, p, roll)
		}
	}
}

// TestMatroskaTruncated cuts a recording off everywhere around its last frames: what was whole plays.
func TestMatroskaTruncated(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.mkv")
	pool := pipeline.NewPool()
	s := open(t, path, "")
	var ends []int64 // of the file after each frame
	for i, pts := range every(40, 30, 1) {
		f := at(pool, pipeline.JPEG(64, 48), i, pts)
		if err := s.Write(t.Context(), f); err != nil {
			t.Fatal(err)
		}
		f.Release()
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		ends = append(ends, info.Size())
	}
	live, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	short := filepath.Join(t.TempDir(), "short.mkv")
	for _, back := range []int64{0, 1, 7, 12, 13, 14, 500, 2000, 5000, 20000} {
		size := int64(len(live)) - back
		if err := os.WriteFile(short, live[:size], 0o644); err != nil {
			t.Fatal(err)
		}
		whole := 0
		for _, end := range ends {
			if end <= size {
				whole++
			}
		}
		times, complaint := frameTimes(t, short)
		if len(times) < whole {
			t.Errorf("cut off %d bytes before the end, %d frames play, wants %d", back, len(times), whole)
		}
		if back == 0 && complaint != "" {
			t.Errorf("a recording that is still open: ffprobe complains: %s", complaint)
		}
	}
}

func TestCuesStayBounded(t *testing.T) {
	c := cues{least: 1}
	for i := range int64(5 * mostCues) {
		c.add(i, 10*i)
	}
	if len(c.list) > mostCues || len(c.list) < mostCues/4 {
		t.Errorf("%d entries, wants at most %d and not much fewer", len(c.list), mostCues)
	}
	for i, e := range c.list {
		if e.pos != 10*e.time || (i > 0 && e.time-c.list[i-1].time < c.least) {
			t.Fatalf("entry %d is %+v after %+v", i, e, c.list[i-1])
		}
	}
}

func BenchmarkMatroskaWrite(b *testing.B) {
	pool := pipeline.NewPool()
	small := pipelinetest.Frame(pool, pipeline.JPEG(64, 48), 0)
	f := small.Derive(200_000)
	copy(f.Data, small.Data)
	s := open(b, filepath.Join(b.TempDir(), "a.mkv"), "")
	path := s.(*sink)
	b.SetBytes(int64(len(f.Data)))
	b.ReportAllocs()
	for b.Loop() {
		f.PTS += time.Second / 30
		if err := s.Write(b.Context(), f); err != nil {
			b.Fatal(err)
		}
		if m := path.rec.(*matroska); m.end > 1<<30 { // stay in the page cache
			b.StopTimer()
			m.end, m.cluster = m.cluster, 0
			b.StartTimer()
		}
	}
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
}
