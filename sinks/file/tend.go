package file

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"framewire/pipeline/config"
	"framewire/sinks/file/internal/shelf"
)

const (
	// beat is the time between two rounds of what is done beside the frames.
	beat = time.Second
	// trimEvery is the time between two looks at what is to be kept, while no file is finished.
	trimEvery = 10 * time.Second
	// noteEvery is the time between two forecasts.
	noteEvery = 2 * time.Second
)

// upkeep is when what was done last.
type upkeep struct {
	trim, note, warned time.Time
	forecast           shelf.Forecast
	noted              string
}

// tend does what is done beside the frames: it removes old recordings, foretells how long the disk lasts, finishes a
// file that no frame comes for, and mends one at a time what a failing disk has left.
func (w *writer) tend() {
	now, ok := time.Now(), w.trouble.is() == nil
	if w.seg != nil && w.cfg.shelved() && now.Sub(w.seg.wrote) > w.cfg.patience() {
		w.cut()
	}
	if now.Sub(w.upkeep.trim) >= trimEvery || !ok {
		w.upkeep.trim = now
		w.trim(now)
	}
	w.upkeep.forecast.Add(now, w.finished+w.open())
	if ok && now.Sub(w.upkeep.note) >= noteEvery {
		w.upkeep.note = now
		w.foretell()
	}
	if ok {
		w.mend(1)
	}
}

// open is how many bytes the file under way has.
func (w *writer) open() int64 {
	if w.seg == nil {
		return 0
	}
	return w.seg.mux.Size()
}

// patience is how long a file waits for its next frame before it is finished.
func (c *Config) patience() time.Duration {
	if c.triggered() {
		return trimEvery + c.Prerecord + c.Postrecord
	}
	return max(trimEvery, c.Segment.Every)
}

// keep is what retention and forecast go by.
func (c *Config) keep() shelf.Keep {
	return shelf.Keep{Age: c.Keep.Age, Bytes: int64(c.Keep.Bytes), Free: int64(c.Keep.Free)}
}

func (w *writer) trim(now time.Time) {
	done, err := w.shelf.Trim(w.cfg.keep(), now, w.open())
	if done.Files > 0 {
		w.env.Log.Info("old recordings removed", "files", done.Files, "bytes", config.ByteSize(done.Bytes).String())
	}
	if err != nil && now.Sub(w.upkeep.warned) >= repeat {
		w.upkeep.warned = now
		w.env.Log.Warn("old recordings cannot be removed", "cause", err)
	}
}

// foretell notes how long the disk lasts.
func (w *writer) foretell() {
	free, err := w.disk.Free(w.names.Base())
	if err != nil {
		w.note("")
		return
	}
	w.note(w.upkeep.forecast.Text(w.cfg.keep(), free, w.shelf.Bytes()+w.open()))
}

func (w *writer) note(text string) {
	if text != w.upkeep.noted {
		w.upkeep.noted = text
		w.env.Note(text)
	}
}

// sync brings what was written to the disk, and finds out whether the file is still in its folder.
func (w *writer) sync() {
	seg := w.seg
	if seg == nil {
		w.word(nil)
		return
	}
	if !seg.dirty {
		return
	}
	seg.begun = seg.mux.Size()
	err := seg.file.Sync()
	if err == nil && !seg.named {
		err = w.disk.SyncDir(filepath.Dir(seg.path()))
		seg.named = err == nil
	}
	if err == nil {
		err = w.there(seg)
	}
	seg.dirty = err != nil
	w.word(err)
	if err != nil {
		_ = w.finish() // as far as it goes; this error came first
		w.failing(err)
	}
}

// there reports a file that somebody has removed: what is written into it would be lost.
func (w *writer) there(seg *segment) error {
	info, err := w.disk.Lstat(seg.path())
	if err != nil {
		return err
	}
	if !os.SameFile(info, seg.info) {
		return fmt.Errorf("%w: another file has its name", &fs.PathError{Op: "record", Path: seg.path(), Err: fs.ErrNotExist})
	}
	return nil
}

// mend finishes up to n of the files that a failing disk has left.
func (w *writer) mend(n int) {
	for ; n > 0 && len(w.torn) > 0; n-- {
		path := w.torn[0]
		w.torn = w.torn[1:]
		if err := w.mender.mend(context.Background(), path, true); err != nil && !errors.Is(err, fs.ErrNotExist) {
			w.env.Log.Warn("a recording cannot be finished; the next start tries again", "path", path, "cause", err)
		}
	}
}
