package mux

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/at-wat/ebml-go"
	"github.com/bluenviron/mediacommon/v2/pkg/formats/fmp4"
	"go.uber.org/goleak"

	"framewire/pipeline"
	"framewire/pipeline/pipelinetest"
	"framewire/sinks/internal/mux/muxtest"
)

func TestMain(m *testing.M) {
	if path := os.Getenv(killEnv); path != "" {
		recordUntilKilled(path)
		return
	}
	goleak.VerifyTestMain(m)
}

// kinds are the containers that take JPEG frames as they come.
func kinds() []string { return []string{".mkv", ".mp4", ".avi"} }

// began is when the first frame of every recording here was captured.
func began() time.Time { return time.Date(2024, 5, 6, 7, 8, 9, 123456789, time.UTC) }

func create(kind string, file File, first *pipeline.Frame) (Muxer, error) {
	switch kind {
	case ".mkv":
		return NewMatroska(file, first, began())
	case ".mp4":
		return NewMP4(file, first, began())
	}
	return NewAVI(file, first)
}

// frame gives a frame of that size with a picture of its own.
func frame(pool *pipeline.Pool, width, height, seq int) *pipeline.Frame {
	return pipelinetest.Frame(pool, pipeline.JPEG(width, height), uint64(seq))
}

// begin begins a recording of frames of that size.
func begin(t testing.TB, file File, kind string, width, height int) Muxer {
	t.Helper()
	first := frame(pipeline.NewPool(), width, height, 0)
	defer first.Release()
	m, err := create(kind, file, first)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// fill writes a frame for each time and gives what was written.
func fill(t testing.TB, m Muxer, width, height int, times []time.Duration) (written [][]byte) {
	t.Helper()
	pool := pipeline.NewPool()
	for i, at := range times {
		f := frame(pool, width, height, i)
		written = append(written, bytes.Clone(f.Data))
		if err := m.Write(f, at.Round(Tick)); err != nil {
			t.Fatalf("frame %d: %v", i, err)
		}
		f.Release()
	}
	t.Cleanup(func() {
		if n := pool.Outstanding(); n != 0 {
			t.Errorf("%d frames are still held", n)
		}
	})
	return written
}

// record makes a whole recording in a file and gives its path and what was written.
func record(t testing.TB, kind string, width, height int, times []time.Duration) (path string, written [][]byte) {
	t.Helper()
	file := newFile(t, kind)
	m := begin(t, file, kind, width, height)
	written = fill(t, m, width, height, times)
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	return file.Name(), written
}

func newFile(t testing.TB, kind string) *os.File {
	t.Helper()
	file, err := os.Create(filepath.Join(t.TempDir(), "a"+kind))
	if err != nil {
		t.Fatal(err)
	}
	return file
}

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

func readMatroska(t *testing.T, data []byte) document {
	t.Helper()
	var d document
	if err := ebml.Unmarshal(bytes.NewReader(data), &d, ebml.WithIgnoreUnknown(true)); err != nil && err != io.EOF {
		t.Fatal(err)
	}
	return d
}

// readFrames takes the frames out of a recording, with a reader that is not ours where there is one.
func readFrames(t *testing.T, kind string, data []byte) (frames [][]byte) {
	t.Helper()
	switch kind {
	case ".mkv":
		for _, c := range readMatroska(t, data).Segment.Cluster {
			for _, b := range c.SimpleBlock {
				frames = append(frames, b.Data[0])
			}
		}
	case ".mp4":
		for _, p := range readParts(t, data) {
			frames = append(frames, p.Tracks[0].Samples[0].Payload)
		}
	case ".avi":
		movi := int(binary.LittleEndian.Uint32(data[aviMovi-4:]))
		index := data[aviMovi+movi+8:]
		for ; len(index) > 0; index = index[16:] {
			at := aviMovi + 8 + int(binary.LittleEndian.Uint32(index[8:]))
			if n := int(binary.LittleEndian.Uint32(index[12:])); n > 0 {
				frames = append(frames, data[at:at+n])
			}
		}
	}
	return frames
}

func readParts(t *testing.T, data []byte) (parts fmp4.Parts) {
	t.Helper()
	if err := parts.Unmarshal(data); err != nil {
		t.Fatal(err)
	}
	return parts
}

// mustHold wants exactly those frames.
func mustHold(t *testing.T, kind string, data []byte, want [][]byte) {
	t.Helper()
	got := readFrames(t, kind, data)
	if len(got) != len(want) {
		t.Fatalf("%d frames, wants %d", len(got), len(want))
	}
	for i := range want {
		if !bytes.Equal(got[i], want[i]) {
			t.Fatalf("frame %d is not what was written", i)
		}
	}
}

var _ File = (*muxtest.Disk)(nil)

// turned is a recording of one frame that a player turns.
func turned(t *testing.T, kind string, degrees int) []byte {
	t.Helper()
	f := frame(pipeline.NewPool(), 64, 48, 0)
	defer f.Release()
	f.Meta.Rotation = degrees
	disk := muxtest.NewDisk(nil)
	m, err := create(kind, disk, f)
	if err == nil {
		err = errors.Join(m.Write(f, 0), m.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
	return disk.Bytes()
}
