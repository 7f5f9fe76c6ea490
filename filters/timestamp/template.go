package timestamp

import (
	"slices"
	"strconv"
	"strings"

	"framewire/pipeline"
)

// longest is how much of a text is written, in bytes: a photo's name may come from far away.
const longest = 120

// words are what braces may hold.
var words = [...]string{"date", "time", "ms", "zone", "seq", "name"}

// template is a text with places to fill in: plain texts and words in braces by turns, plain ones first.
type template []string

// parse reads a format.
func parse(format string) (template, error) {
	fault := func(hint, problem string, args ...any) (template, error) {
		return nil, pipeline.FieldErrorf("format", hint, problem, args...)
	}
	hint := "there are {" + strings.Join(words[:], "}, {") + "}"
	var t template
	rest := format
	for {
		plain, after, ok := strings.Cut(rest, "{")
		t = append(t, plain)
		if !ok {
			break
		}
		word, after, ok := strings.Cut(after, "}")
		if !ok {
			return fault(hint, "%q has a { without a }", format)
		}
		if !slices.Contains(words[:], word) {
			return fault(hint, "%q is not known", "{"+word+"}")
		}
		t = append(t, word)
		rest = after
	}
	if strings.TrimSpace(format) == "" {
		return fault(hint, "%q writes nothing", format)
	}
	return t, nil
}

// write adds the text for a frame to dst.
func (t template) write(dst []byte, f *pipeline.Frame, zone Zone) []byte {
	at := f.Captured.Local()
	if zone == UTC {
		at = at.UTC()
	}
	for i, part := range t {
		if i%2 == 0 {
			dst = append(dst, part...)
			continue
		}
		switch part {
		case "date":
			dst = at.AppendFormat(dst, "2006-01-02")
		case "time":
			dst = at.AppendFormat(dst, "15:04:05")
		case "ms":
			ms := at.Nanosecond() / 1_000_000
			dst = append(dst, byte('0'+ms/100), byte('0'+ms/10%10), byte('0'+ms%10))
		case "zone":
			dst = at.AppendFormat(dst, "-07:00")
		case "seq":
			dst = strconv.AppendUint(dst, f.Seq, 10)
		case "name":
			dst = append(dst, f.Meta.Name...)
		}
	}
	return dst[:min(len(dst), longest)]
}
