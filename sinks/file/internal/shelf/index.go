package shelf

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"time"

	"framewire/sinks/file/internal/disk"
)

// IndexName is the name of the list of finished recordings in each folder: one JSON object a line.
const IndexName = "index.jsonl"

// Entry is a line of the index.
type Entry struct {
	File    string    `json:"file"`    // name in that folder
	Began   time.Time `json:"began"`   // when the first frame was captured
	Seconds float64   `json:"seconds"` // the last frame counts as long as the one before it
	Frames  uint64    `json:"frames"`
	Bytes   int64     `json:"bytes"`
	Format  string    `json:"format"` // codec of the frames
	Width   int       `json:"width"`  // pixels
	Height  int       `json:"height"` // pixels
}

// End is when the last frame was over.
func (e Entry) End() time.Time { return e.Began.Add(time.Duration(e.Seconds * float64(time.Second))) }

// readIndex gives the entries of a folder. Lines that a crash has torn are left out; of several with one name the
// last counts.
func readIndex(d disk.Disk, dir string) ([]Entry, error) {
	data, err := d.ReadFile(filepath.Join(dir, IndexName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var list []Entry
	place := make(map[string]int)
	for line := range bytes.Lines(data) {
		e, ok := parseEntry(line)
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

// parseEntry reads a line. What does not name a file in the same folder is none.
func parseEntry(line []byte) (Entry, bool) {
	const longest = 4 << 10
	var e Entry
	if len(line) > longest || json.Unmarshal(line, &e) != nil {
		return Entry{}, false
	}
	ok := e.File != "." && e.File == filepath.Base(e.File) && filepath.IsLocal(e.File) &&
		e.Seconds >= 0 && e.Seconds < 1e9 && e.Bytes >= 0
	return e, ok
}

// appendIndex adds an entry to a folder's index.
func appendIndex(d disk.Disk, dir string, e Entry) error {
	line, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("write the index: %w", err)
	}
	defer d.Lock(dir)()
	return d.Append(filepath.Join(dir, IndexName), line)
}

// strikeIndex takes entries out of a folder's index, and removes it when none is left.
func strikeIndex(d disk.Disk, dir string, files []string) error {
	defer d.Lock(dir)()
	path := filepath.Join(dir, IndexName)
	data, err := d.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	kept := make([]byte, 0, len(data))
	for line := range bytes.Lines(data) {
		if e, ok := parseEntry(line); ok && !slices.Contains(files, e.File) {
			kept = append(append(kept, bytes.TrimRight(line, "\n")...), '\n')
		}
	}
	if len(kept) == 0 {
		return d.Remove(path)
	}
	return d.Replace(path, kept)
}
