package file

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"time"

	"framewire/pipeline"
	"framewire/sinks/file/internal/buffer"
	"framewire/sinks/file/internal/disk"
	"framewire/sinks/internal/mux"
)

// over reports whether an item belongs into another file than the one that is being written.
func (w *writer) over(it buffer.Item) bool {
	f, limit := it.Frame, w.cfg.Segment
	if f.Format != w.seg.format {
		return true
	}
	return f.Key && (limit.Every > 0 && it.At >= w.plan || limit.Bytes > 0 && w.seg.mux.Size()+int64(len(f.Data)) > int64(limit.Bytes))
}

// cut ends the file under way, as at the end of a clip.
func (w *writer) cut() {
	w.plan = -1
	if err := w.finish(); err != nil {
		w.failing(err)
	}
}

// finish finishes the file under way and gives it its name. A file that cannot be finished keeps all its
// frames; mend tries again when the disk works.
func (w *writer) finish() error {
	seg := w.seg
	if seg == nil {
		return nil
	}
	w.seg = nil
	w.finished += seg.mux.Size()
	err := seg.mux.Close()                // which syncs it
	if errors.Is(err, mux.ErrNoEncoder) { // there were so few frames that it was not opened before
		w.word(err) // they are gone with the file
		return w.refuse(seg.format, errors.Join(err, w.discard(seg.file)))
	}
	w.word(err)
	if err == nil {
		err = w.place(seg)
	}
	if err != nil {
		seg.file.Close() // it may be closed
		w.torn = append(w.torn, seg.path())
		return fmt.Errorf("finish %s: %w", seg.path(), err)
	}
	w.worked = true
	w.upkeep.trim = time.Time{} // there is one more
	return nil
}

// place closes a finished file, lists it and gives it its name.
func (w *writer) place(seg *segment) error {
	folder := filepath.Dir(seg.final)
	if !w.cfg.shelved() {
		return errors.Join(seg.file.Close(), w.disk.SyncDir(folder))
	}
	entry, err := seg.entry(w.cfg.encoder())
	if err != nil {
		return err
	}
	for {
		entry.File = filepath.Base(seg.final)
		if err := w.mender.shelve(folder, seg.file, entry, true); !errors.Is(err, fs.ErrExist) {
			return err
		}
		w.number++ // somebody has taken the name meanwhile
		seg.final = w.names.Path(seg.when, w.number)
		folder = filepath.Dir(seg.final)
	}
}

// refuse notes that frames of a format cannot be encoded. Sizes come from strangers, so that is no fault as
// long as another one has worked.
func (w *writer) refuse(format pipeline.Format, err error) error {
	w.refused.Store(&format)
	if !w.worked {
		return err
	}
	w.env.Log.Warn("frames are lost", "cause", err)
	return nil
}

// discard removes a file with nothing in it.
func (w *writer) discard(file disk.File) error {
	return errors.Join(file.Close(), w.disk.Remove(file.Name()))
}

// settle gives the word for a frame that was written, or has it wait until the frame is surely on the disk.
func (w *writer) settle(it buffer.Item) {
	switch {
	case it.Done == nil:
	case w.cfg.Sync == 0:
		it.Done(nil)
	default:
		w.unsynced = append(w.unsynced, it.Done)
	}
}

// word tells those who wait what became of their frames.
func (w *writer) word(err error) {
	for _, done := range w.unsynced {
		done(err)
	}
	w.unsynced = w.unsynced[:0]
}

// close finishes the recording, when nothing is left in the buffer.
func (w *writer) close() {
	if err := w.finish(); err != nil {
		w.failing(err)
	}
	if w.trouble.is() == nil {
		w.mend(len(w.torn))
	}
	w.word(errDropped)
	switch fault := w.trouble.is(); {
	case w.fault() != nil: // that is what is told
	case w.lost > 0 && fault != nil:
		w.fail(fmt.Errorf("the last %d frames are not recorded: %w", w.lost, fault))
	case w.lost > 0 && w.lossless:
		w.fail(fmt.Errorf("the last %d frames are not recorded: there was no time to write them", w.lost))
	case w.lost > 0:
		w.env.Log.Warn("the last frames are not recorded: there was no time to write them", "count", w.lost)
	case fault != nil:
		w.fail(fault)
	}
}
