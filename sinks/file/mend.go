package file

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/go-hclog"

	"framewire/sinks/file/internal/disk"
	"framewire/sinks/file/internal/shelf"
	"framewire/sinks/file/recordindex"
	"framewire/sinks/internal/mux"
	"framewire/sinks/internal/pattern"
)

// mostFinals is how many files that have their name already, the latest, are looked into for one that a crash has
// cut off. Those before were looked into when they were the latest.
const mostFinals = 64

// mender finishes recordings that were cut off. It never touches one that is locked: somebody records to it.
type mender struct {
	cfg   *Config
	log   hclog.Logger
	disk  disk.Disk
	shelf *shelf.Shelf
}

// run reads the indexes and finishes the files that a crash has left, until ctx is done.
func (m mender) run(ctx context.Context, parts, finals []string) {
	if !m.cfg.keep().IsZero() {
		if err := m.shelf.Load(); err != nil {
			m.log.Warn("recordings that cannot be listed are never removed", "cause", err)
		}
	}
	if len(parts) > 0 {
		m.log.Info("repairing recordings that were cut off", "count", len(parts))
	}
	for _, path := range append(parts, finals...) {
		if ctx.Err() != nil {
			return
		}
		err := m.mend(ctx, path, slices.Contains(parts, path))
		if err != nil && ctx.Err() == nil && !errors.Is(err, disk.ErrLocked) && !errors.Is(err, fs.ErrNotExist) {
			m.log.Warn("a recording that was cut off cannot be repaired", "path", path, "cause", err)
		}
	}
}

// leftovers lists the files that were not finished, and those that may not be although they have their name.
func (m mender) leftovers() (parts, finals []string, err error) {
	names := m.shelf.Names()
	folders, err := names.Folders(m.disk)
	if err != nil {
		return nil, nil, err
	}
	type file struct {
		path string
		at   time.Time
	}
	var named []file
	for _, dir := range folders {
		entries, err := m.disk.ReadDir(dir)
		if err != nil {
			return nil, nil, err
		}
		listed, err := m.shelf.Listed(dir)
		if err != nil {
			return nil, nil, err
		}
		for _, e := range entries {
			final, part := strings.CutSuffix(e.Name(), shelf.Unfinished)
			if !names.Has(final) || !part && listed[final] || !e.Type().IsRegular() {
				continue
			}
			path := filepath.Join(dir, e.Name())
			if part {
				parts = append(parts, path)
			} else if info, err := e.Info(); err == nil {
				named = append(named, file{path, info.ModTime()})
			}
		}
	}
	slices.SortFunc(named, func(a, b file) int { return cmp.Or(b.at.Compare(a.at), cmp.Compare(a.path, b.path)) })
	for _, f := range named[:min(len(named), mostFinals)] {
		finals = append(finals, f.path)
	}
	return parts, finals, nil
}

// mend finishes one file. cut says that it is known to be unfinished; else it may be finished, or none of our
// recordings, and is left alone then.
func (m mender) mend(ctx context.Context, path string, cut bool) error {
	file, err := m.disk.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	if !cut {
		if finished, err := mux.Finished(file); finished || errors.Is(err, mux.ErrForeign) || errors.Is(err, mux.ErrEmpty) {
			return nil
		}
	}
	info, err := file.Stat()
	if err != nil {
		return err
	}
	final, part := strings.CutSuffix(path, shelf.Unfinished)
	if there, err := m.disk.Lstat(final); part && err == nil && os.SameFile(there, info) { // it has got its name
		return m.remove(file)
	}
	sum, err := mux.Repair(breakable{file, ctx})
	switch {
	case part && (errors.Is(err, mux.ErrEmpty) || info.Size() == 0):
		m.log.Info("a recording without frames is removed", "path", path)
		return m.remove(file)
	case !part && errors.Is(err, mux.ErrEmpty):
		return nil
	case err != nil:
		return err
	}
	if sum.Began.IsZero() {
		sum.Began = info.ModTime().Add(-sum.Duration)
	}
	if final, err = m.place(file, final, part, sum); err != nil {
		return err
	}
	m.log.Info("repaired a recording", "path", final, "frames", sum.Frames, "seconds", sum.Duration.Seconds(), "cut_bytes", sum.Cut)
	return nil
}

// breakable is a file whose repair breaks off when ctx is done.
type breakable struct {
	disk.File
	ctx context.Context
}

// ReadAt gives ctx's error when ctx is done.
func (b breakable) ReadAt(p []byte, at int64) (int, error) {
	if err := b.ctx.Err(); err != nil {
		return 0, err
	}
	return b.File.ReadAt(p, at)
}

// remove removes an open file.
func (m mender) remove(file disk.File) error {
	return errors.Join(file.Close(), m.disk.Remove(file.Name()))
}

// place lists a file and, if that is only a part's, gives it its name or the first one that is free.
func (m mender) place(file disk.File, final string, part bool, sum mux.Summary) (string, error) {
	folder, wanted := filepath.Dir(final), final
	entry := recordindex.Entry{
		Began: sum.Began, Seconds: sum.Duration.Seconds(), Frames: sum.Frames, Bytes: sum.Bytes,
		Format: string(sum.Format.Codec), Width: sum.Format.Width, Height: sum.Format.Height,
	}
	for n := 1; ; n++ {
		err := fs.ErrExist
		if _, gone := m.disk.Lstat(final); !part || errors.Is(gone, fs.ErrNotExist) {
			entry.File = filepath.Base(final)
			if listed, lacks := m.shelf.Listed(folder); lacks == nil && listed[entry.File] { // by a crash between the two steps of shelve
				if err := m.shelf.Strike(folder, entry.File); err != nil {
					return final, err
				}
			}
			err = m.shelve(folder, file, entry, part)
		}
		if !part || !errors.Is(err, fs.ErrExist) || n > mostNumbers {
			return final, err
		}
		final = pattern.Number(wanted, n)
	}
}

// shelve lists a finished file, where there is a list, and gives a part its name. The list comes first: a crash between
// the two leaves a file that the next start takes up.
func (m mender) shelve(folder string, file disk.File, entry recordindex.Entry, part bool) error {
	if m.cfg.shelved() {
		if err := m.shelf.Add(folder, entry); err != nil {
			return err
		}
	}
	if !part {
		return nil
	}
	err := m.disk.Place(file, filepath.Join(folder, entry.File))
	switch {
	case err == nil:
		return m.disk.SyncDir(folder)
	case m.cfg.shelved():
		return errors.Join(err, m.shelf.Strike(folder, entry.File))
	}
	return err
}
