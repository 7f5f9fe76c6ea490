package file

import (
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"framewire/pipeline"
)

func TestAVIRates(t *testing.T) {
	for _, r := range []struct {
		num, den int
		want     string
	}{{30000, 1001, "30000/1001"}, {25, 1, "25/1"}, {60, 1, "60/1"}, {15, 2, "15/2"}, {2, 1, "2/1"}, {7, 1, "7/1"}} {
		t.Run(r.want, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "a.avi")
			times := every(max(4, 4*r.num/r.den), r.num, r.den)
			record(t, path, "", pipeline.JPEG(161, 91), times)
			mustPlay(t, path, times, time.Millisecond)
			if got := property(t, path, "stream=avg_frame_rate"); got != r.want {
				t.Errorf("ffprobe takes the rate for %s, wants %s", got, r.want)
			}
		})
	}
}

// TestAVIKeepsRealTime leaves frames out: those after the gap stay where their time is.
func TestAVIKeepsRealTime(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.avi")
	var times []time.Duration
	for i, at := range every(120, 30, 1) {
		if i < 20 || i%7 == 0 || i > 80 {
			times = append(times, at)
		}
	}
	record(t, path, "", pipeline.JPEG(64, 48), times)
	mustPlay(t, path, times, time.Millisecond)
	if got := seconds(t, property(t, path, "format=duration")); got < 3990*time.Millisecond || got > 4010*time.Millisecond {
		t.Errorf("duration is %s, wants 4 s", got)
	}
}

// TestAVILosesNoFrame gives more frames than the rate has room for.
func TestAVILosesNoFrame(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.avi")
	times := every(20, 25, 1)
	for i := range 30 {
		times = append(times, times[19]+time.Duration(i+1)*time.Millisecond)
	}
	record(t, path, "", pipeline.JPEG(64, 48), times)
	got, complaint := frameTimes(t, path)
	if len(got) != 50 || complaint != "" {
		t.Errorf("%d frames, wants 50; %s", len(got), complaint)
	}
}

func TestAVILengths(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.avi")
	record(t, path, "", pipeline.JPEG(161, 91), every(31, 30, 1))
	h, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	u32 := func(at int) int { return int(binary.LittleEndian.Uint32(h[at:])) }
	index := aviMovi + u32(aviMovi-4)
	switch {
	case u32(4) != len(h)-8:
		t.Errorf("RIFF has %d bytes, wants %d", u32(4), len(h)-8)
	case u32(48) != 31 || u32(140) != 31:
		t.Errorf("%d and %d frames, wants 31", u32(48), u32(140))
	case string(h[aviMovi:aviMovi+4]) != "movi" || string(h[index:index+4]) != "idx1" || u32(index+4) != 31*16:
		t.Errorf("the index does not stand behind the frames")
	}
	for i := range 31 {
		entry := index + 8 + 16*i
		chunk := aviMovi + u32(entry+8)
		if string(h[chunk:chunk+4]) != aviChunk || u32(chunk+4) != u32(entry+12) || h[chunk+8] != 0xFF || h[chunk+9] != 0xD8 {
			t.Errorf("entry %d points at no frame", i)
		}
	}
}

func TestAVIFull(t *testing.T) {
	a := &avi{end: aviMostBytes - 1000}
	f := at(pipeline.NewPool(), pipeline.JPEG(64, 48), 0, 0)
	defer f.Release()
	if err := a.put(f); !errors.Is(err, errFull) {
		t.Errorf("a frame at the end of 2 GB gives %v, wants errFull", err)
	}
}

// TestLongGapBeginsNextFile has the times jump by an hour, which would be 108,000 empty places.
func TestLongGapBeginsNextFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.avi")
	times := every(20, 30, 1)
	for _, d := range every(20, 30, 1) {
		times = append(times, time.Hour+d)
	}
	record(t, path, "", pipeline.JPEG(64, 48), times)
	mustPlay(t, path, times[:20], time.Millisecond)
	mustPlay(t, filepath.Join(filepath.Dir(path), "a-1.avi"), times[:20], time.Millisecond)
}
