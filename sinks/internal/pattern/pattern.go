// Package pattern makes file names: it fills in the placeholders of a configured pattern and takes what
// is dangerous or unwieldy out of names that came from somewhere else. It touches no file.
package pattern

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The placeholders that a pattern may hold. A sink says which of them it fills in.
const (
	Name  = "{name}"  // the pipeline's name
	Photo = "{photo}" // the photo's own name without its extension
	Date  = "{date}"  // local date, 2006-01-02
	Time  = "{time}"  // local time of day, 15-04-05
	Seq   = "{seq}"   // a number with at least six digits
)

// Values is what the placeholders stand for. Names are made safe when they are filled in, so that none
// of them brings a path separator with it.
type Values struct {
	Name  string
	Photo string // with or without its extension; an empty one gives the number
	Time  time.Time
	Seq   uint64
}

// Expand fills in the placeholders of a pattern.
func Expand(pattern string, v Values) string {
	seq := fmt.Sprintf("%06d", v.Seq)
	photo := seq
	if safe := Safe(v.Photo); safe != "" {
		photo = strings.TrimSuffix(safe, filepath.Ext(safe))
	}
	local := v.Time.Local()
	return strings.NewReplacer(
		Name, Safe(v.Name),
		Photo, photo,
		Date, local.Format(time.DateOnly),
		Time, local.Format("15-04-05"),
		Seq, seq,
	).Replace(pattern)
}

// Check reports the first thing in braces that is none of the allowed placeholders.
func Check(pattern string, allowed ...string) error {
	for _, word := range regexp.MustCompile(`\{[^{}]*\}?`).FindAllString(pattern, -1) {
		if !slices.Contains(allowed, word) {
			return fmt.Errorf("unknown placeholder %q: known are %s", word, strings.Join(allowed, ", "))
		}
	}
	return nil
}

// Number puts -n in front of the extension: Number("a/b.mkv", 2) is "a/b-2.mkv".
func Number(path string, n int) string {
	ext := filepath.Ext(path)
	return strings.TrimSuffix(path, ext) + "-" + strconv.Itoa(n) + ext
}
