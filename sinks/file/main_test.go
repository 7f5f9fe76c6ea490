package file

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"

	"framewire/pipeline"
	"framewire/pipeline/pipelinetest"
	"framewire/sinks/file/internal/buffer"
	"framewire/sinks/file/internal/disk"
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
	for _, ext := range []string{".mkv", ".mp4", ".avi"} {
		t.Run(ext, func(t *testing.T) {
			pipelinetest.Sink(t, pipelinetest.SinkCase{Spec: Spec(), Configure: func(t *testing.T, cfg any) {
				cfg.(*Config).Path = filepath.Join(t.TempDir(), "rec"+ext)
			}})
		})
	}
	t.Run("segments", func(t *testing.T) {
		pipelinetest.Sink(t, pipelinetest.SinkCase{Spec: Spec(), Configure: func(t *testing.T, cfg any) {
			cfg.(*Config).Path = filepath.Join(t.TempDir(), "{date}", "{time}.mkv")
			cfg.(*Config).Segment.Every = time.Second
			cfg.(*Config).Keep.Bytes = 1 << 20
		}})
	})
	t.Run("clips", func(t *testing.T) {
		pipelinetest.Sink(t, pipelinetest.SinkCase{
			Spec: Spec(),
			Configure: func(t *testing.T, cfg any) {
				cfg.(*Config).Path = filepath.Join(t.TempDir(), "{time}.mkv")
				cfg.(*Config).Trigger.Motion = true
				cfg.(*Config).Prerecord = time.Second
			},
			Inputs: func(p *pipeline.Pool) []*pipeline.Frame {
				list := pipelinetest.Frames(p, pipeline.JPEG(64, 48), 8)
				list[3].Meta.Motion = true
				return list
			},
		})
	})
}

// settings are the defaults with a path.
func settings(path string) Config {
	cfg := defaults()
	cfg.Path = path
	return cfg
}

// open gives an opened sink that records to path.
func open(t testing.TB, path, codec string) *sink {
	t.Helper()
	cfg := settings(path)
	cfg.Codec = codec
	return openWith(t, cfg, nil)
}

// openWith gives an opened sink; d is the real disk where it is nil.
func openWith(t testing.TB, cfg Config, d disk.Disk) *sink {
	t.Helper()
	if err := cfg.Validate(); err != nil {
		t.Fatal(err)
	}
	s := newSink(cfg, pipelinetest.Env(t, pipeline.NewPool()))
	if d != nil {
		s.disk = d
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

// written writes a frame and waits until it is on the disk, or for why it is not.
func written(t testing.TB, s *sink, f *pipeline.Frame) error {
	t.Helper()
	done := make(chan error, 1)
	it := buffer.Item{Frame: f, At: s.line.At(f), Done: func(err error) { done <- err }}
	if err := s.put(t.Context(), it); err != nil {
		t.Fatal(err)
	}
	return <-done
}
