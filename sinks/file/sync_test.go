package file

import (
	"errors"
	"path/filepath"
	"slices"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"framewire/pipeline"
	"framewire/pipeline/pipelinetest"
	"framewire/sinks/file/internal/buffer"
	"framewire/sinks/file/internal/disk"
	"framewire/sinks/file/internal/shelf"
	"framewire/sinks/internal/mux"
)

// TestSyncs counts how often the disk is told to make durable what was written: never more than a second's worth
// is at stake.
func TestSyncs(t *testing.T) {
	for _, c := range []struct {
		sync        time.Duration
		least, most int
	}{{time.Second, 10, 13}, {250 * time.Millisecond, 40, 44}, {0, 1, 2}} { // the last ones are those of the end
		synctest.Test(t, func(t *testing.T) {
			cfg, _ := inFolder(t, "rec.mkv")
			cfg.Sync = c.sync
			b := newBench(t, cfg)
			b.frames(t, 10*25, nil)
			pass(10 * 25) // nothing is written, so nothing is synced
			if err := b.close(t); err != nil {
				t.Error(err)
			}
			if b.disk.syncs < c.least || b.disk.syncs > c.most {
				t.Errorf("in ten seconds with sync %s there are %d, wants %d to %d", c.sync, b.disk.syncs, c.least, c.most)
			}
		})
	}
}

// TestBeginsEarly has the disk begin before the next sync with what is much, each byte once.
func TestBeginsEarly(t *testing.T) {
	for _, c := range []struct {
		name  string
		sync  time.Duration
		size  int // of a frame
		parts int
	}{
		{"much", 10 * time.Second, ahead / 4, 12}, {"little", time.Second, 1000, 0}, {"little between two", time.Second, ahead / 30, 0},
		{"left to the system", 0, ahead / 4, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cfg, _ := inFolder(t, "rec.mkv")
				cfg.Sync = c.sync
				b := newBench(t, cfg)
				b.frames(t, 50, func(f *pipeline.Frame) { enlarge(f, c.size) })
				if err := b.close(t); err != nil {
					t.Error(err)
				}
				if len(b.disk.begun) != c.parts {
					t.Errorf("it begins %d times, wants %d", len(b.disk.begun), c.parts)
				}
				var end int64
				for _, p := range b.disk.begun {
					if p.at != end || p.n < ahead {
						t.Errorf("it begins with %d bytes at %d behind %d", p.n, p.at, end)
					}
					end = p.at + p.n
				}
			})
		})
	}
}

// TestWordComesWhenDurable has somebody wait for the word that a frame was recorded.
func TestWordComesWhenDurable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg, _ := inFolder(t, "rec.mkv")
		b := newBench(t, cfg)
		f := b.frame()
		defer f.Release()
		if err := written(t, b.sink, f); err != nil || b.disk.syncs != 1 {
			t.Errorf("the word is %v after %d syncs", err, b.disk.syncs)
		}
		b.frames(t, 10, nil)
		b.disk.set(syscall.EIO)
		lost := b.frame()
		defer lost.Release()
		closed := make(chan error, 1)
		go func() {
			pass(25)
			closed <- b.Close()
		}()
		if err := written(t, b.sink, lost); !errors.Is(err, errDropped) {
			t.Errorf("where it cannot be written the word is %v", err)
		}
		if err := <-closed; !errors.Is(err, syscall.EIO) {
			t.Errorf("Close gives %v", err)
		}
		if got := names(t, cfg.Path); !slices.Equal(got, []string{"rec.mkv"}) {
			t.Errorf("files are %v", got)
		}
	})
}

// unencodable is a container that holds its frames until it finds out that nobody encodes them.
type unencodable struct{ mux.Muxer }

func (unencodable) Write(f *pipeline.Frame, at time.Duration) error {
	if at > 0 {
		return mux.ErrNoEncoder
	}
	return nil
}
func (unencodable) Size() int64  { return 0 }
func (unencodable) Close() error { return mux.ErrNoEncoder }

// TestNoWordForFramesThatNobodyEncodes has a frame wait for its word in a file that comes to nothing, at its end or
// with the next frame.
func TestNoWordForFramesThatNobodyEncodes(t *testing.T) {
	for name, over := range map[string]func(w *writer, next buffer.Item) error{
		"at its end":          func(w *writer, _ buffer.Item) error { return w.finish() },
		"with the next frame": func(w *writer, next buffer.Item) error { return w.try(next) },
	} {
		cfg, _ := inFolder(t, "rec.mkv")
		var refused atomic.Pointer[pipeline.Format]
		w := newWriter(&cfg, pipelinetest.Env(t, pipeline.NewPool()), disk.OS{}, shelf.NewNames(cfg.Path, ""), buffer.New(1<<20), &refused)
		file, err := w.disk.Create(filepath.Join(filepath.Dir(cfg.Path), "held"))
		if err != nil {
			t.Fatal(err)
		}
		first := at(pipeline.NewPool(), pipeline.JPEG(64, 48), 0, 0)
		w.seg = &segment{file: file, mux: unencodable{}, format: first.Format, frames: 1}
		var told []error
		w.settle(buffer.Item{Done: func(err error) { told = append(told, err) }})
		if err := over(w, buffer.Item{Frame: first, At: time.Second}); !errors.Is(err, mux.ErrNoEncoder) {
			t.Errorf("%s it gives %v", name, err)
		}
		w.sync()
		if len(told) != 1 || !errors.Is(told[0], mux.ErrNoEncoder) {
			t.Errorf("%s: the word is %v, wants that there is no encoder", name, told)
		}
	}
}
