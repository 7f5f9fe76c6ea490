package mux

import (
	"bytes"
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/bluenviron/mediacommon/v2/pkg/formats/fmp4"
	"github.com/bluenviron/mediacommon/v2/pkg/formats/mp4/codecs"

	"framewire/sinks/internal/mux/muxtest"
)

// TestMP4Boxes reads a recording with a library that is not ours.
func TestMP4Boxes(t *testing.T) {
	disk := muxtest.NewDisk(nil)
	m := begin(t, disk, ".mp4", 161, 91)
	times := []time.Duration{0, 33 * time.Millisecond, 34 * time.Millisecond, 20 * time.Hour}
	fill(t, m, 161, 91, times)
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	var header fmp4.Init
	if err := header.Unmarshal(bytes.NewReader(disk.Bytes())); err != nil {
		t.Fatal(err)
	}
	if len(header.Tracks) != 1 || header.Tracks[0].TimeScale != mp4Scale {
		t.Fatalf("the header is %+v", header)
	}
	if c, ok := header.Tracks[0].Codec.(*codecs.MJPEG); !ok || c.Width != 161 || c.Height != 91 {
		t.Errorf("the codec is %+v", header.Tracks[0].Codec)
	}
	shown := []time.Duration{33 * time.Millisecond, time.Millisecond, 20*time.Hour - 34*time.Millisecond, 20*time.Hour - 34*time.Millisecond}
	for i, p := range readParts(t, disk.Bytes()) {
		track := p.Tracks[0]
		if p.SequenceNumber != uint32(i+1) || len(p.Tracks) != 1 || len(track.Samples) != 1 || track.Samples[0].IsNonSyncSample {
			t.Fatalf("fragment %d is %+v", i, p)
		}
		if want := uint64(mp4Ticks(times[i])); track.BaseTime != want {
			t.Errorf("frame %d is at %d, wants %d", i, track.BaseTime, want)
		}
		if want := min(shown[i].Microseconds()*9/100, math.MaxUint32); int64(track.Samples[0].Duration) != want {
			t.Errorf("frame %d is shown for %d, wants %d", i, track.Samples[0].Duration, want)
		}
	}
}

// TestMP4Index follows both indexes to fragments of their times.
func TestMP4Index(t *testing.T) {
	disk := muxtest.NewDisk(nil)
	m := begin(t, disk, ".mp4", 64, 48)
	fill(t, m, 64, 48, muxtest.Every(300, 30, 1))
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	data := disk.Bytes()
	timeAt := func(at uint64) uint64 {
		f, ok := readFragment(data[at:])
		if !ok {
			t.Fatalf("there is no fragment at %d", at)
		}
		return uint64(f.time)
	}
	sidx := data[bytes.Index(data, []byte("sidx"))-4:]
	num := func(b []byte, at int) uint64 { return uint64(binary.BigEndian.Uint32(b[at:])) }
	at := uint64(len(data)-len(sidx)) + num(sidx, 0) + binary.BigEndian.Uint64(sidx[28:])
	when := uint64(0)
	for i := range int(binary.BigEndian.Uint16(sidx[38:])) {
		if got := timeAt(at); got != when {
			t.Errorf("reference %d leads to %d, wants %d", i, got, when)
		}
		at += num(sidx, 40+12*i)
		when += num(sidx, 44+12*i)
	}
	mfra := data[uint64(len(data))-num(data, len(data)-4):]
	if string(mfra[4:8]) != "mfra" || at != uint64(len(data)-len(mfra)) || when/mp4Scale != 10 {
		t.Fatalf("the references lead to %d and %d, the end of the fragments is %d", at, when, len(data)-len(mfra))
	}
	if n := num(mfra, 28); n != 10 {
		t.Fatalf("%d entries, wants one for each second of 10", n)
	}
	for e := mfra[32 : len(mfra)-16]; len(e) > 0; e = e[19:] {
		if got, want := timeAt(binary.BigEndian.Uint64(e[8:])), binary.BigEndian.Uint64(e); got != want {
			t.Errorf("an entry of %d leads to %d", want, got)
		}
	}
}

// TestMP4LongParts is about a recording whose parts the segment index cannot tell: it goes without.
func TestMP4LongParts(t *testing.T) {
	m := newMP4(muxtest.NewDisk(nil), mp4Track{})
	m.index.list = []point{{0, 0}, {1, 1 << 31}}
	if got := m.sidx(2); !bytes.Equal(got, freeRoom(sidxRoom)) {
		t.Errorf("the index is %x...", got[:16])
	}
	m.index.list = make([]point, mostReferences)
	if got := m.sidx(2); len(got) != sidxRoom || string(got[4:8]) != "sidx" || string(got[sidxRoom-16:][4:8]) != "free" {
		t.Errorf("a full index has %d bytes and ends with %x", len(got), got[len(got)-16:])
	}
}

func TestMP4Rotation(t *testing.T) {
	for turn, want := range map[int]string{90: "-90", 180: "-180", 270: "90"} {
		data := turned(t, ".mp4", turn)
		path := filepath.Join(t.TempDir(), "a.mp4")
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		if got := muxtest.Property(t, path, "stream_side_data=rotation"); got != want {
			t.Errorf("turned by %d ffprobe says %s, wants %s", turn, got, want)
		}
		disk := muxtest.NewDisk(data[:len(data)-1])
		if _, err := Repair(disk); err != nil || !bytes.Equal(disk.Bytes(), data) {
			t.Errorf("turned by %d it is not the same after a repair (%v)", turn, err)
		}
	}
}

func TestNTP(t *testing.T) {
	for _, when := range []time.Time{
		began(), time.Date(1968, 1, 21, 0, 0, 0, 0, time.UTC), time.Date(2036, 2, 7, 6, 28, 15, 999999999, time.UTC),
		time.Date(2036, 2, 7, 6, 28, 16, 1, time.UTC), time.Date(2100, 1, 1, 0, 0, 0, 500, time.UTC),
	} {
		if got := fromNTP(ntp(when)); !got.Equal(when) {
			t.Errorf("%s comes back as %s", when, got)
		}
	}
}
