package image

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/hashicorp/go-hclog"

	"framewire/pipeline/filesystem"
)

// openJournal reads the journal and compacts it. The photos that it speaks of lie below root.
func openJournal(path, root string, log hclog.Logger) (*journal, error) {
	j := &journal{
		path: path, root: root, log: log, entries: make(map[string]entry),
		kick: make(chan struct{}, 1), done: make(chan struct{}),
	}
	err := j.claim()
	if err == nil {
		err = j.read()
	}
	if err == nil {
		err = j.compact()
	}
	if err != nil {
		if j.file != nil {
			_ = j.file.Close() // nothing was written to it
		}
		return nil, err
	}
	go j.run()
	return j, nil
}

// claim opens and locks the journal, a new one where there is none.
func (j *journal) claim() error {
	for {
		file, err := openOrMake(j.path)
		if err != nil {
			return j.unusable(err)
		}
		if errors.Is(filesystem.Lock(file), filesystem.ErrHeld) {
			_ = file.Close()
			return fmt.Errorf("the journal %s is in use by another pipeline: give each its own with `journal: FILE`", j.path)
		}
		mine, err := file.Stat()
		if err != nil {
			_ = file.Close()
			return j.unusable(err)
		}
		if there, err := os.Stat(j.path); err == nil && os.SameFile(mine, there) {
			j.file = file
			return nil
		}
		_ = file.Close() // another put a new one in its place between the two steps
	}
}

// openOrMake opens a file, or makes it where nothing has its name: not where a link that somebody has put there leads.
func openOrMake(path string) (*os.File, error) {
	for {
		file, err := os.OpenFile(path, os.O_RDWR, 0)
		if !errors.Is(err, fs.ErrNotExist) {
			return file, err
		}
		file, err = os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o644)
		if !errors.Is(err, fs.ErrExist) {
			return file, err
		}
		if info, err := os.Lstat(path); err == nil && info.Mode()&fs.ModeSymlink != 0 {
			return nil, errors.New("it is a link to a file that is not there")
		}
	}
}

func (j *journal) unusable(err error) error {
	cause := reason(err)
	if errors.Is(err, fs.ErrPermission) {
		cause = errors.New("this user may not write it")
	}
	return fmt.Errorf("the journal %s cannot be used, name another with `journal: FILE`: %w", j.path, cause)
}

// compact writes the journal anew with what is of use, and goes on behind it.
func (j *journal) compact() error {
	kept := j.prune()
	j.compacts = 2*len(kept) + compactFrom
	data := []byte(journalHead)
	j.mu.Lock()
	for _, name := range kept {
		data = appendEntry(data, name, j.entries[name])
	}
	j.mu.Unlock()
	next, err := writeBeside(j.path, data)
	if err != nil {
		return j.unusable(err)
	}
	file, err := swap(next, j.file, j.path)
	if err != nil {
		return j.unusable(err)
	}
	j.file, j.torn = file, false
	if err := filesystem.SyncPath(filepath.Dir(j.path)); err != nil {
		return j.unusable(err)
	}
	return nil
}

// journalNew ends the name of a journal that is being written.
const journalNew = ".new"

// writeBeside writes what is to take a file's place, and gives it locked and open at its end. Nobody but who
// has the journal's lock writes there: what has the name already a crash has left, or somebody who wants a link
// to be followed.
func writeBeside(path string, data []byte) (*os.File, error) {
	path += journalNew
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return nil, err
	}
	if err = filesystem.Lock(file); !errors.Is(err, filesystem.ErrHeld) {
		_, err = file.Write(data)
	}
	if err == nil {
		err = file.Sync()
	}
	if err != nil {
		_ = file.Close()
		_ = os.Remove(path)
		return nil, err
	}
	return file, nil
}

// prune drops the oldest entries of files that are gone, and gives the names of the others in their order.
func (j *journal) prune() []string {
	type named struct {
		name  string
		order uint64
	}
	j.mu.Lock()
	all := make([]named, 0, len(j.entries))
	for name, e := range j.entries {
		all = append(all, named{name, e.order})
	}
	j.mu.Unlock()
	slices.SortFunc(all, func(a, b named) int { return cmp.Compare(b.order, a.order) })
	var kept []string
	gone := 0
	for _, n := range all {
		if _, err := os.Lstat(filepath.Join(j.root, filepath.FromSlash(n.name))); errors.Is(err, fs.ErrNotExist) {
			if gone++; gone > keepGone {
				j.drop(n.name, n.order)
				continue
			}
		}
		kept = append(kept, n.name)
	}
	slices.Reverse(kept)
	return kept
}

// drop forgets an entry unless it is a newer one by now.
func (j *journal) drop(name string, order uint64) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.entries[name].order == order {
		delete(j.entries, name)
	}
}
