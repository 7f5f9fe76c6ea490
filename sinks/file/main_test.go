package file

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"

	"framewire/pipeline"
	"framewire/pipeline/pipelinetest"
)

// killEnv holds the path of the recording when the test binary runs as the process that is to be killed.
const killEnv = "FRAMEWIRE_TEST_RECORD_UNTIL_KILLED"

func TestMain(m *testing.M) {
	if path := os.Getenv(killEnv); path != "" {
		recordUntilKilled(path)
		return
	}
	goleak.VerifyTestMain(m)
}

func TestConformance(t *testing.T) {
	for _, ext := range []string{".mkv", ".avi"} {
		t.Run(ext, func(t *testing.T) {
			pipelinetest.Sink(t, pipelinetest.SinkCase{Spec: Spec(), Configure: func(t *testing.T, cfg any) {
				cfg.(*Config).Path = filepath.Join(t.TempDir(), "rec"+ext)
			}})
		})
	}
}

// open gives an opened sink that records to path.
func open(t testing.TB, path, codec string) pipeline.Sink {
	t.Helper()
	s, err := Spec().NewSink(&Config{Path: path, Codec: codec}, pipelinetest.Env(t, pipeline.NewPool()))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

// at gives a frame of that size with that time.
func at(pool *pipeline.Pool, format pipeline.Format, seq int, pts time.Duration) *pipeline.Frame {
	f := pipelinetest.Frame(pool, format, uint64(seq))
	f.PTS = pts
	f.Captured = time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC).Add(pts)
	return f
}

// record writes one frame for each time into a new recording and closes it.
func record(t *testing.T, path, codec string, format pipeline.Format, times []time.Duration) {
	t.Helper()
	pool := pipeline.NewPool()
	s := open(t, path, codec)
	for i, pts := range times {
		f := at(pool, format, i, pts)
		if err := s.Write(t.Context(), f); err != nil {
			t.Fatalf("frame %d: %v", i, err)
		}
		f.Release()
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if n := pool.Outstanding(); n != 0 {
		t.Fatalf("%d frames are still held", n)
	}
}

// every gives n times with num/den frames a second.
func every(n, num, den int) []time.Duration {
	list := make([]time.Duration, n)
	for i := range list {
		list[i] = time.Duration(i) * time.Second * time.Duration(den) / time.Duration(num)
	}
	return list
}

// names lists the files beside path.
func names(t *testing.T, path string) []string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
}
