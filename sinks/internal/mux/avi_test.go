package mux

import (
	"encoding/binary"
	"errors"
	"testing"
	"time"

	"framewire/pipeline"
	"framewire/sinks/internal/mux/muxtest"
)

func TestAVIRates(t *testing.T) {
	for _, r := range []struct {
		num, den int
		want     string
	}{{15, 2, "15/2"}, {2, 1, "2/1"}, {7, 1, "7/1"}} {
		t.Run(r.want, func(t *testing.T) {
			times := muxtest.Every(max(4, 4*r.num/r.den), r.num, r.den)
			path, _ := record(t, ".avi", 161, 91, times)
			muxtest.MustPlay(t, path, times, time.Millisecond)
			if got := muxtest.Property(t, path, "stream=avg_frame_rate"); got != r.want {
				t.Errorf("ffprobe takes the rate for %s, wants %s", got, r.want)
			}
		})
	}
}

// TestAVIKeepsRealTime leaves frames out: those after the gap stay where their time is.
func TestAVIKeepsRealTime(t *testing.T) {
	var times []time.Duration
	for i, at := range muxtest.Every(120, 30, 1) {
		if i < 20 || i%7 == 0 || i > 80 {
			times = append(times, at)
		}
	}
	path, _ := record(t, ".avi", 64, 48, times)
	muxtest.MustPlay(t, path, times, time.Millisecond)
	if got := muxtest.Seconds(t, muxtest.Property(t, path, "format=duration")); got < 3990*time.Millisecond || got > 4010*time.Millisecond {
		t.Errorf("duration is %s, wants 4 s", got)
	}
}

// TestAVIEarlyGap has a gap before the rate can be known: soon after, the frames are where they belong.
func TestAVIEarlyGap(t *testing.T) {
	times := muxtest.Every(40, 30, 1)
	times = append(times[:2], times[4:]...)
	path, _ := record(t, ".avi", 64, 48, times)
	got, complaint := muxtest.FrameTimes(t, path)
	if len(got) != len(times) || complaint != "" {
		t.Fatalf("%d frames, wants %d; %s", len(got), len(times), complaint)
	}
	for i := 4; i < len(got); i++ {
		if d := got[i] - times[i]; d < -time.Millisecond || d > time.Millisecond {
			t.Fatalf("frame %d is at %s, wants %s", i, got[i], times[i])
		}
	}
}

// TestAVILosesNoFrame gives more frames than the rate has room for.
func TestAVILosesNoFrame(t *testing.T) {
	times := muxtest.Every(20, 25, 1)
	for i := range 30 {
		times = append(times, times[19]+time.Duration(i+1)*time.Millisecond)
	}
	path, _ := record(t, ".avi", 64, 48, times)
	got, complaint := muxtest.FrameTimes(t, path)
	if len(got) != 50 || complaint != "" {
		t.Errorf("%d frames, wants 50; %s", len(got), complaint)
	}
}

func TestAVILengths(t *testing.T) {
	disk := muxtest.NewDisk(nil)
	m := begin(t, disk, ".avi", 161, 91)
	fill(t, m, 161, 91, muxtest.Every(31, 30, 1))
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	h := disk.Bytes()
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
	a := newAVI(muxtest.NewDisk(nil), aviHeader{width: 64, height: 48})
	a.end = aviMostBytes - 1000
	f := frame(pipeline.NewPool(), 64, 48, 0)
	defer f.Release()
	if err := a.put(f); !errors.Is(err, ErrFull) || a.end != aviMostBytes-1000 {
		t.Errorf("a frame at the end of 2 GB gives %v, wants ErrFull", err)
	}
}

// TestLongGapIsFull has the times jump by an hour, which would be 108,000 empty places.
func TestLongGapIsFull(t *testing.T) {
	disk := muxtest.NewDisk(nil)
	m := begin(t, disk, ".avi", 64, 48)
	written := fill(t, m, 64, 48, muxtest.Every(20, 30, 1))
	f := frame(pipeline.NewPool(), 64, 48, 20)
	defer f.Release()
	if err := m.Write(f, time.Hour); !errors.Is(err, ErrFull) {
		t.Errorf("Write gives %v, wants ErrFull", err)
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	mustHold(t, ".avi", disk.Bytes(), written)
}
