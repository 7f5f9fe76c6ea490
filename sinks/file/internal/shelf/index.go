package shelf

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"

	"framewire/sinks/file/internal/disk"
	"framewire/sinks/file/recordindex"
)

// readIndex gives the entries of a folder. Lines that a crash has torn are left out; of several with one name the
// last counts.
func readIndex(d disk.Disk, dir string) ([]recordindex.Entry, error) {
	data, err := d.ReadFile(filepath.Join(dir, recordindex.Name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var list []recordindex.Entry
	place := make(map[string]int)
	for line := range bytes.Lines(data) {
		e, ok := recordindex.Parse(line)
		if !ok {
			continue
		}
		if i, known := place[e.File]; known {
			list[i] = e
			continue
		}
		place[e.File] = len(list)
		list = append(list, e)
	}
	return list, nil
}

// appendIndex adds an entry to a folder's index.
func appendIndex(d disk.Disk, dir string, e recordindex.Entry) error {
	line, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("write the index: %w", err)
	}
	defer d.Lock(dir)()
	return d.Append(filepath.Join(dir, recordindex.Name), line)
}

// strikeIndex takes entries out of a folder's index, and removes it when none is left.
func strikeIndex(d disk.Disk, dir string, files []string) error {
	defer d.Lock(dir)()
	path := filepath.Join(dir, recordindex.Name)
	data, err := d.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	kept := make([]byte, 0, len(data))
	for line := range bytes.Lines(data) {
		if e, ok := recordindex.Parse(line); ok && !slices.Contains(files, e.File) {
			kept = append(append(kept, bytes.TrimRight(line, "\n")...), '\n')
		}
	}
	if len(kept) == 0 {
		return d.Remove(path)
	}
	return d.Replace(path, kept)
}
