package file

import (
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"

	"framewire/pipeline"
	"framewire/sinks/file/internal/disk"
)

const (
	// retry is the time between two tries while the disk fails.
	retry = time.Second
	// repeat is the time after which a failure that lasts is told again.
	repeat = 30 * time.Second
	// leastRoom is how much must be free, beside a frame, before a recording goes on that a full disk stopped:
	// else each byte that comes free would get a file.
	leastRoom = 512 << 10
)

// trouble is a disk that fails. The sink asks for its cause, and the writer does the rest.
type trouble struct {
	mu  sync.Mutex
	err error // nil: there is none

	since time.Time
	told  time.Time
	lost  uint64 // frames that had been dropped when it began
}

// is gives the failure that lasts.
func (t *trouble) is() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.err
}

func (t *trouble) set(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.err = err
}

// cause says why frames find no room.
func (t *trouble) cause() string {
	if err := t.is(); err != nil {
		return err.Error()
	}
	return "the disk is too slow"
}

// fail ends the recording.
func (w *writer) fail(err error) {
	w.gone = true
	w.broken.CompareAndSwap(nil, &err)
	w.end()
}

// failing notes an error: one that the disk gives is told and waited for, and any other ends the recording.
func (w *writer) failing(err error) {
	if !disk.IsFault(err) {
		w.fail(err)
		return
	}
	t, now := &w.trouble, time.Now()
	if t.is() == nil {
		t.since, t.told, t.lost = now, time.Time{}, w.env.Counters.Dropped.Load()
	}
	t.set(err)
	w.note("not recording: " + disk.Cause(err).Error())
	if now.Sub(t.told) < repeat {
		return
	}
	t.told = now
	w.env.Counters.Errors.Add(1)
	path := w.cfg.Path
	var at *fs.PathError
	if errors.As(err, &at) {
		path = at.Path
	}
	w.env.Log.Error("cannot record; tried again every second, and frames wait in memory", "path", path, "cause", disk.Cause(err).Error(),
		"since", now.Sub(t.since).Round(time.Second).String())
}

// pass notes that a frame was written.
func (w *writer) pass() {
	t := &w.trouble
	if t.is() == nil {
		return
	}
	t.set(nil)
	w.env.Log.Info("recording again", "path", w.seg.path(), "after", time.Since(t.since).Round(time.Second/10).String(),
		"dropped", w.env.Counters.Dropped.Load()-t.lost)
}

// wait waits until a frame that the disk did not take is to be tried again. It gives false when there is no more
// time for that: a live frame gets one more try at the end of the stream.
func (w *writer) wait(f *pipeline.Frame) bool {
	ending := w.ending
	if waits(&w.env, f) {
		ending = nil
	} else if w.last {
		return false
	}
	timer := time.NewTimer(retry)
	defer timer.Stop()
	select {
	case <-timer.C:
		w.tend()
		return true
	case <-ending:
		w.last = true
		return true
	case <-w.abandon:
		return false
	}
}

// room reports a disk that is still too full to begin a file for a frame of that size.
func (w *writer) room(size int64) error {
	fault := w.trouble.is()
	if fault == nil || !disk.IsFull(fault) {
		return nil
	}
	if free, err := w.disk.Free(w.names.Base()); err == nil && free < leastRoom+2*size {
		return fault
	}
	return nil
}

// drops tells once a second how many frames found no room in the buffer.
type drops struct {
	told time.Time
	n    int
}

func (d *drops) tell(log hclog.Logger, cause string) {
	d.n++
	if now := time.Now(); now.Sub(d.told) >= time.Second {
		log.Warn("frames dropped", "count", d.n, "cause", fmt.Sprintf("the buffer is full: %s", cause))
		d.told, d.n = now, 0
	}
}
