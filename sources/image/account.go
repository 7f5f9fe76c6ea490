package image

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"framewire/pipeline"

	"github.com/maruel/natural"
)

// maxNamed is how many photos an account names; mostWords is how much of a reason or a name it shows, in bytes.
const (
	maxNamed  = 10
	mostWords = 200
)

// account says which photos were not delivered, those too that were never read; nil when all were.
func (l *ledger) account() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	var open []*photo
	for _, p := range l.photos {
		if !p.once {
			open = append(open, p)
		}
	}
	if len(open) == 0 {
		return nil
	}
	slices.SortFunc(open, func(a, b *photo) int { return natural.Compare(a.name, b.name) })
	var names []string
	for _, p := range open[:min(len(open), maxNamed)] {
		names = append(names, p.fate(l.watch))
	}
	list, verb, hint := strings.Join(names, ", "), "are", ""
	if len(open) > maxNamed {
		list += fmt.Sprintf(" and %d more", len(open)-maxNamed)
	}
	if len(open) == 1 {
		verb = "is"
	}
	if slices.ContainsFunc(open, func(p *photo) bool { return p.state == waiting || p.state == underway }) {
		hint = "; start it again to send the rest"
	}
	return fmt.Errorf("%d of %d photos %s not confirmed: %s%s", len(open), l.total, verb, list, hint)
}

// fate is a photo's name and, where there is more to say than that it did not come to it, why.
func (p *photo) fate(watch bool) string {
	switch {
	case p.state == refused:
		return fmt.Sprintf("%s (refused: %s)", shown(p.name), cut(p.why))
	case p.state == unusable:
		return fmt.Sprintf("%s (cannot be used: %s)", shown(p.name), cut(p.why))
	case p.state == waiting && !watch && p.tries >= maxTries:
		return fmt.Sprintf("%s (given up: %s)", shown(p.name), cut(p.why))
	}
	return shown(p.name)
}

// progress is how far it has come.
func (l *ledger) progress() pipeline.Progress {
	l.mu.Lock()
	defer l.mu.Unlock()
	return pipeline.Progress{
		Unit: "photos", Done: l.count[delivered], Total: l.total, Refused: l.count[refused],
		Bytes: l.doneBytes, TotalBytes: l.totalBytes,
	}
}

// shown is a file's name as it is printed: escaped where a terminal would not show it as it is.
func shown(name string) string {
	short := cut(name)
	if utf8.ValidString(short) && !strings.ContainsFunc(short, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return short
	}
	quoted := strconv.Quote(short)
	return quoted[1 : len(quoted)-1]
}

// cut shortens text to what a line can hold, never in the middle of a character.
func cut(text string) string {
	if len(text) <= mostWords {
		return text
	}
	n := mostWords
	for n > mostWords-utf8.UTFMax && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n] + "…"
}
