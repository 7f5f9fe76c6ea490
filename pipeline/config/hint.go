package config

import (
	"strconv"
	"strings"
)

// quote puts the user's own word in quotes, shortened where it would fill the screen.
func quote(word string) string { return strconv.Quote(cut(word)) }

// cut shortens a word to what a message can hold.
func cut(word string) string {
	const most = 60
	runes := []rune(word[:min(len(word), 4*most)])
	if len(runes) <= most && len(word) <= 4*most {
		return word
	}
	return string(runes[:min(len(runes), most)]) + "…"
}

// didYouMean gives the hint for a word that is none of the known ones: the one it is close to, or all of
// them where they are few, or otherwise.
func didYouMean(word, introduction string, known []string, otherwise string) string {
	if near := nearest(word, known); near != "" {
		return "did you mean " + strconv.Quote(near) + "?"
	}
	if len(known) == 0 || len(known) > 12 {
		return otherwise
	}
	return introduction + strings.Join(known, ", ")
}

// nearest gives the known word that the given one is a slip of, or "". Case does not count, and the
// beginning of a word is near to it when no other begins so.
func nearest(word string, known []string) string {
	if len(word) > 40 {
		return ""
	}
	word = strings.ToLower(word)
	best, distance := "", 1+min(3, max(1, len(word)/3))
	if len(word) < 3 || strings.Trim(word, "0123456789") == "" {
		distance = 0 // every short word is near to every other, and a number is meant as it is
	}
	var begins []string
	for _, k := range known {
		if d := edits(word, strings.ToLower(k)); d < distance {
			best, distance = k, d
		}
		if len(word) >= 2 && strings.HasPrefix(strings.ToLower(k), word) {
			begins = append(begins, k)
		}
	}
	if best == "" && len(begins) == 1 {
		return begins[0]
	}
	return best
}

// edits counts the slips between two words: a letter too much, missing or wrong, or two swapped (optimal
// string alignment distance).
func edits(a, b string) int {
	before, last := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row := make([]int, len(b)+1)
		row[0] = i
		for j := 1; j <= len(b); j++ {
			wrong := 1
			if a[i-1] == b[j-1] {
				wrong = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+wrong)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last = last, row
	}
	return last[len(b)]
}
