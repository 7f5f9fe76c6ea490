package file

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"framewire/pipeline"
	"framewire/pipeline/pipelinetest"
)

func TestNeverOverwrites(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "deep", "er", "rec.mkv")
	for range 3 {
		record(t, path, "", pipeline.JPEG(16, 16), every(3, 30, 1))
	}
	if got := names(t, path); !slices.Equal(got, []string{"rec-1.mkv", "rec-2.mkv", "rec.mkv"}) {
		t.Errorf("files are %v", got)
	}
	numbered := filepath.Join(dir, "x-{seq}.avi")
	for range 2 {
		record(t, numbered, "", pipeline.JPEG(16, 16), every(3, 30, 1))
	}
	if got := names(t, numbered); !slices.Equal(got, []string{"deep", "x-000001.avi", "x-000002.avi"}) {
		t.Errorf("files are %v", got)
	}
}

func TestOtherFileIsLeftAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "rec.mkv")
	if err := os.WriteFile(path, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	record(t, path, "", pipeline.JPEG(16, 16), every(3, 30, 1))
	if got, err := os.ReadFile(path); err != nil || string(got) != "precious" {
		t.Errorf("the file that was there holds %q now (%v)", got, err)
	}
}

func TestNewSizeNewFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "rec.mkv")
	pool := pipeline.NewPool()
	s := open(t, path, "")
	for i, size := range []int{16, 16, 32, 32, 16} {
		f := at(pool, pipeline.JPEG(size, size), i, time.Duration(i)*40*time.Millisecond)
		if err := s.Write(t.Context(), f); err != nil {
			t.Fatal(err)
		}
		f.Release()
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]int{"rec.mkv": 2, "rec-1.mkv": 2, "rec-2.mkv": 1} {
		seg := readMatroska(t, filepath.Join(filepath.Dir(path), name)).Segment
		got := 0
		for _, c := range seg.Cluster {
			got += len(c.SimpleBlock)
		}
		if got != want || seg.Cluster[0].Timecode != 0 {
			t.Errorf("%s holds %d frames from %d, wants %d from 0", name, got, seg.Cluster[0].Timecode, want)
		}
	}
}

func TestNoFramesNoFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "rec.mkv")
	s := open(t, path, "")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if got := names(t, path); len(got) != 0 {
		t.Errorf("files are %v, wants none", got)
	}
}

func TestBadFrameIsSkipped(t *testing.T) {
	path := filepath.Join(t.TempDir(), "rec.mkv")
	pool := pipeline.NewPool()
	s := open(t, path, "")
	f := at(pool, pipeline.JPEG(16, 16), 0, 0)
	f.Data[0] = 'x'
	err := s.Write(t.Context(), f)
	f.Release()
	if !errors.Is(err, pipeline.ErrSkip) || !strings.Contains(err.Error(), "jpeg 16x16") {
		t.Errorf("Write gives %v, wants a skip that names the frame", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if got := names(t, path); len(got) != 0 {
		t.Errorf("files are %v, wants none", got)
	}
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	blocked := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(blocked, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	s, err := Spec().NewSink(&Config{Path: filepath.Join(blocked, "rec.mkv")}, pipelinetest.Env(t, pipeline.NewPool()))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Open(t.Context()); err == nil || !strings.Contains(err.Error(), blocked) {
		t.Errorf("Open gives %v, wants an error that names %s", err, blocked)
	}
}

// TestFullDisk limits how large a file may grow; the recording up to there must play.
func TestFullDisk(t *testing.T) {
	for _, ext := range []string{".mkv", ".avi"} {
		t.Run(ext, func(t *testing.T) {
			dir := smallDisk(t)
			path := filepath.Join(dir, "rec"+ext)
			pool := pipeline.NewPool()
			s := open(t, path, "")
			written := 0
			var err error
			for i := 0; err == nil && i < 10_000; i++ {
				f := at(pool, pipeline.JPEG(161, 91), i, time.Duration(i)*40*time.Millisecond)
				if err = s.Write(t.Context(), f); err == nil {
					written++
				}
				f.Release()
			}
			if !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), path) {
				t.Fatalf("after %d frames Write gives %v, wants a full disk and the path", written, err)
			}
			_ = s.Close() // the index may not fit; the error was told already
			times, complaint := frameTimes(t, path)
			if len(times) != written {
				t.Errorf("%d of %d frames play; %s", len(times), written, complaint)
			}
		})
	}
}

func TestValidate(t *testing.T) {
	for _, c := range []struct {
		cfg  Config
		want string
	}{
		{Config{}, "path: is missing (for example path: rec/{name}-{date}-{time}.mkv)"},
		{Config{Path: "a.mov"}, `path: "a.mov" names no container that can be recorded (the extension is one of .mkv, .avi, .mp4)`},
		{Config{Path: "{nme}.mkv"}, `path: unknown placeholder "{nme}": known are {name}, {date}, {time}, {seq}`},
		{Config{Path: "a.mp4", Codec: "copy"}, `codec: "copy" does not go with .mp4, which players expect no JPEG frames in (record to .mkv, or leave codec out to encode again)`},
		{Config{Path: "a.avi", Codec: "h264"}, `codec: "h264" cannot be recorded into .avi (known for .avi: mp4v)`},
		{Config{Path: "A.MKV"}, ""},
		{Config{Path: "a.avi", Codec: "copy"}, ""},
	} {
		got := ""
		if err := c.cfg.Validate(); err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%+v:\n got %s\nwant %s", c.cfg, got, c.want)
		}
	}
}

// TestSenderRestart goes on in one recording when another stream begins, by the time between the captures.
func TestSenderRestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "rec.mkv")
	pool := pipeline.NewPool()
	s := open(t, path, "")
	for i, pts := range []time.Duration{0, 40, 80, 0, 40, 80} {
		f := at(pool, pipeline.JPEG(64, 48), i, pts*time.Millisecond)
		if i >= 3 {
			f.Stream = pipeline.StreamID{'n', 'e', 'w'}
			f.Captured = f.Captured.Add(2 * time.Second)
		}
		if err := s.Write(t.Context(), f); err != nil {
			t.Fatal(err)
		}
		f.Release()
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	const ms = time.Millisecond
	mustPlay(t, path, []time.Duration{0, 40 * ms, 80 * ms, 2000 * ms, 2040 * ms, 2080 * ms}, 0)
}

func TestRecordingsAreEqual(t *testing.T) {
	dir := t.TempDir()
	a, b := filepath.Join(dir, "a.mkv"), filepath.Join(dir, "b.mkv")
	record(t, a, "", pipeline.JPEG(16, 16), every(40, 30, 1))
	record(t, b, "", pipeline.JPEG(16, 16), every(40, 30, 1))
	x, err1 := os.ReadFile(a)
	y, err2 := os.ReadFile(b)
	if err1 != nil || err2 != nil || !bytes.Equal(x, y) {
		t.Errorf("the same frames give files that differ (%v, %v)", err1, err2)
	}
}
