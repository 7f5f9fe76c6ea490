// Package shelf knows the finished recordings of one recorder: what they are called (names.go), the list of
// them in each folder (index.go), which are to go (keep.go), and how long the disk lasts (forecast.go).
package shelf

import (
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"framewire/sinks/file/internal/disk"
	"framewire/sinks/internal/pattern"
)

// Unfinished stands behind the name of a recording that is not finished.
const Unfinished = ".part"

// Names are the names that one recorder's files can have.
type Names struct {
	pattern string // as configured
	stream  string // what {name} stands for
	base    string
	folders []*regexp.Regexp // below base
	file    *regexp.Regexp
}

// NewNames gives the names of a pattern with the placeholders {name}, {date}, {time} and {seq}.
func NewNames(path, stream string) Names {
	n := Names{pattern: path, stream: stream, base: filepath.Dir(path)}
	if i := strings.IndexByte(path, '{'); i >= 0 {
		n.base = filepath.Dir(path[:i] + "x")
	}
	below, err := filepath.Rel(n.base, filepath.Clean(path))
	if err != nil {
		below = filepath.Base(path)
	}
	parts := strings.Split(below, string(filepath.Separator))
	for _, part := range parts[:len(parts)-1] {
		n.folders = append(n.folders, n.matcher(part, ""))
	}
	last := parts[len(parts)-1]
	ext := filepath.Ext(last)
	n.file = n.matcher(strings.TrimSuffix(last, ext), `(-[0-9]+)?`+regexp.QuoteMeta(ext))
	return n
}

// Counts reports whether the pattern has a number of its own.
func (n Names) Counts() bool { return strings.Contains(n.pattern, pattern.Seq) }

// matcher matches what one element of the pattern can become.
func (n Names) matcher(element, behind string) *regexp.Regexp {
	text := regexp.QuoteMeta(element)
	for word, form := range map[string]string{
		pattern.Name: regexp.QuoteMeta(pattern.Safe(n.stream)),
		pattern.Date: `[0-9]{4}-[0-9]{2}-[0-9]{2}`,
		pattern.Time: `[0-9]{2}-[0-9]{2}-[0-9]{2}`,
		pattern.Seq:  `[0-9]{6,}`,
	} {
		text = strings.ReplaceAll(text, regexp.QuoteMeta(word), form)
	}
	return regexp.MustCompile("^" + text + behind + "$")
}

// Base is the folder that all are in or below, without any placeholder.
func (n Names) Base() string { return n.base }

// Path is the n-th name, from 0, of a recording whose first frame was captured at when.
func (n Names) Path(when time.Time, number int) string {
	expand := func(seq int) string {
		return pattern.Expand(n.pattern, pattern.Values{Name: n.stream, Time: when, Seq: uint64(seq)})
	}
	first := expand(1)
	if path := expand(number + 1); number == 0 || path != first {
		return path
	}
	return pattern.Number(first, number)
}

// Has reports whether a recording of that name, without folders, can be one of these.
func (n Names) Has(name string) bool { return n.file.MatchString(name) }

// Folders lists the folders that exist and can hold recordings.
func (n Names) Folders(d disk.Disk) ([]string, error) {
	list := []string{n.base}
	for _, folder := range n.folders {
		var next []string
		for _, dir := range list {
			entries, err := d.ReadDir(dir)
			if err != nil {
				return nil, err
			}
			for _, e := range entries {
				if e.IsDir() && folder.MatchString(e.Name()) {
					next = append(next, filepath.Join(dir, e.Name()))
				}
			}
		}
		list = next
	}
	return list, nil
}
