// Package pattern makes file names: it fills in the placeholders of a configured pattern and takes what
// is dangerous or unwieldy out of names that came from somewhere else. It touches no file.
package pattern

import (
	"fmt"
	"os"
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

// Expand fills in the placeholders of a pattern. Path elements of the pattern that hold none stay to the
// letter; the others are at most 240 bytes long, for which the photo's name is cut first, then the other
// one, and do not begin with a dash, which programs take for an option.
func Expand(pattern string, v Values) string {
	photo := fmt.Sprintf("%06d", v.Seq)
	if safe := Safe(v.Photo); safe != "" {
		photo = strings.TrimSuffix(safe, filepath.Ext(safe))
	}
	name := Safe(v.Name)
	var out strings.Builder
	for pattern != "" {
		end := strings.IndexFunc(pattern, func(r rune) bool { return r < 0x80 && os.IsPathSeparator(uint8(r)) })
		if end < 0 {
			end = len(pattern)
		}
		out.WriteString(expandElement(pattern[:end], name, photo, v))
		rest := pattern[end:]
		if rest != "" {
			out.WriteByte(rest[0])
			rest = rest[1:]
		}
		pattern = rest
	}
	return out.String()
}

// expandElement fills in the placeholders of one path element.
func expandElement(pattern, name, photo string, v Values) string {
	local := v.Time.Local()
	fill := func() string {
		return strings.NewReplacer(
			Name, name,
			Photo, photo,
			Date, local.Format(time.DateOnly),
			Time, local.Format("15-04-05"),
			Seq, fmt.Sprintf("%06d", v.Seq),
		).Replace(pattern)
	}
	full := fill()
	if full == pattern {
		return full
	}
	for _, part := range []struct {
		word string
		text *string
	}{{Photo, &photo}, {Name, &name}} {
		if n := strings.Count(pattern, part.word); n > 0 && len(full) > longest {
			over := (len(full) - longest + n - 1) / n
			*part.text = cut(*part.text, max(len(*part.text)-over, 1))
			full = fill()
		}
	}
	if rest := strings.TrimLeft(full, "-"); rest != full {
		full = "_" + rest
	}
	return shorten(full)
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
