package file

import (
	"errors"
	"io/fs"
	"path/filepath"
	"time"

	"framewire/pipeline"
	"framewire/sinks/file/internal/buffer"
	"framewire/sinks/file/internal/disk"
	"framewire/sinks/internal/mux"
)

// mostNumbers bounds the search for a name that is free.
const mostNumbers = 1_000_000

// start begins a file with the frame that comes first in it.
func (w *writer) start(it buffer.Item) error {
	f, when := it.Frame, it.Frame.Captured
	if when.IsZero() {
		when = time.Now()
	}
	file, final, err := w.create(when, int64(len(f.Data)))
	if err != nil {
		return err
	}
	info, err := file.Stat()
	var m mux.Muxer
	if err == nil {
		m, err = w.container(keepOpen{file}, f, when)
	}
	if err != nil {
		return errors.Join(err, w.discard(file))
	}
	w.seg = &segment{
		file: file, info: info, mux: m, final: final, when: when, format: f.Format,
		begin: it.At, last: it.At, step: time.Second / 25,
	}
	every := w.cfg.Segment.Every
	if late := it.At - w.plan; w.plan < 0 || late < 0 || late >= every {
		w.plan = it.At // else from the plan, so that the beginnings do not drift
	}
	w.plan += every
	return nil
}

func (w *writer) container(file mux.File, first *pipeline.Frame, when time.Time) (mux.Muxer, error) {
	switch encoder := w.cfg.encoder(); {
	case encoder != "":
		return mux.NewEncoded(file, encoder, first)
	case w.cfg.ext() == ".avi":
		return mux.NewAVI(file, first)
	case w.cfg.ext() == ".mp4":
		return mux.NewMP4(file, first, when)
	}
	return mux.NewMatroska(file, first, when)
}

// create makes a file, under the first name that is free; of one that it has given before it goes on with
// the next number.
func (w *writer) create(when time.Time, size int64) (file disk.File, final string, err error) {
	wanted := w.names.Path(when, 0)
	if err := w.room(size); err != nil {
		return nil, "", err
	}
	if w.taken != wanted {
		w.taken, w.number = wanted, 0
	}
	folder := ""
	for ; ; w.number++ {
		final = w.names.Path(when, w.number)
		if dir := filepath.Dir(final); dir != folder {
			if err := w.mount.Check(dir); err != nil {
				return nil, "", err
			}
			if err := w.disk.MkdirAll(dir); err != nil {
				return nil, "", err
			}
			folder = dir
		}
		if file, err = w.make(final); err == nil && final != wanted && !w.names.Counts() {
			w.env.Log.Info("the name is taken, so the recording gets a number", "taken", wanted, "path", final)
		}
		if err == nil || !errors.Is(err, fs.ErrExist) || w.number > mostNumbers {
			return file, final, err
		}
	}
}

// make makes the file that is to get a name in the end.
func (w *writer) make(final string) (disk.File, error) {
	if !w.cfg.shelved() {
		return w.disk.Create(final)
	}
	if _, err := w.disk.Lstat(final); err == nil {
		return nil, &fs.PathError{Op: "create", Path: final, Err: fs.ErrExist}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return w.disk.Create(w.cfg.unfinished(final))
}
