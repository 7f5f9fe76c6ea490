package file

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"framewire/pipeline"
	"framewire/pipeline/pipelinetest"
	"framewire/sinks/internal/mux/muxtest"
)

func TestNeverOverwrites(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "deep", "er", "rec.mkv")
	for range 3 {
		record(t, path, "", pipeline.JPEG(16, 16), muxtest.Every(3, 30, 1))
	}
	if got := names(t, path); !slices.Equal(got, []string{"rec-1.mkv", "rec-2.mkv", "rec.mkv"}) {
		t.Errorf("files are %v", got)
	}
	numbered := filepath.Join(dir, "x-{seq}.avi")
	for range 2 {
		record(t, numbered, "", pipeline.JPEG(16, 16), muxtest.Every(3, 30, 1))
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
	record(t, path, "", pipeline.JPEG(16, 16), muxtest.Every(3, 30, 1))
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
		times, _ := muxtest.FrameTimes(t, filepath.Join(filepath.Dir(path), name)) // so small a picture is no good JPEG
		if len(times) != want || times[0] != 0 {
			t.Errorf("%s plays %v, wants %d frames from 0", name, times, want)
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
	s := newSink(settings(filepath.Join(blocked, "rec.mkv")), pipelinetest.Env(t, pipeline.NewPool()))
	if err := s.Open(t.Context()); err == nil || !strings.Contains(err.Error(), blocked) {
		t.Errorf("Open gives %v, wants an error that names %s", err, blocked)
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
	muxtest.MustPlay(t, path, []time.Duration{0, 40 * ms, 80 * ms, 2000 * ms, 2040 * ms, 2080 * ms}, 0)
}

func TestRecordingsAreEqual(t *testing.T) {
	dir := t.TempDir()
	a, b := filepath.Join(dir, "a.mkv"), filepath.Join(dir, "b.mkv")
	record(t, a, "", pipeline.JPEG(16, 16), muxtest.Every(40, 30, 1))
	record(t, b, "", pipeline.JPEG(16, 16), muxtest.Every(40, 30, 1))
	x, err1 := os.ReadFile(a)
	y, err2 := os.ReadFile(b)
	if err1 != nil || err2 != nil || !bytes.Equal(x, y) {
		t.Errorf("the same frames give files that differ (%v, %v)", err1, err2)
	}
}
