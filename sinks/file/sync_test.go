package file

import (
	"errors"
	"slices"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
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
