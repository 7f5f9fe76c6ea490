// Package recordindex is the list that a recorder keeps of its finished files, in each folder of them, as it stands on
// the disk: whoever writes it and whoever plays the files go by it.
package recordindex

import (
	"encoding/json"
	"path/filepath"
	"time"
)

// Name is the name of the list: one JSON object a line.
const Name = "index.jsonl"

// Entry is a line of the list.
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

// Longest is the length of the longest line, in bytes.
const Longest = 4 << 10

// Parse reads a line. What does not name a file in the same folder is none.
func Parse(line []byte) (Entry, bool) {
	var e Entry
	if len(line) > Longest || json.Unmarshal(line, &e) != nil {
		return Entry{}, false
	}
	ok := e.File != "." && e.File == filepath.Base(e.File) && filepath.IsLocal(e.File) &&
		e.Seconds >= 0 && e.Seconds < 1e9 && e.Bytes >= 0
	return e, ok
}
