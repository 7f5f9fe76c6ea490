package secret

import (
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"strings"
)

const (
	prefix    = "fw1"
	bitsBytes = 20 // 160 random bits
	digits    = bitsBytes * 8 / 5
	checks    = 4 // digits of the check: a typo goes unseen once in a million times
	group     = 4

	// alphabet is Douglas Crockford's base 32: no i, l, o or u, which are misread or make words.
	alphabet = "0123456789abcdefghjkmnpqrstvwxyz"
)

// Generate makes a secret of 160 random bits, such as
// fw1-7mzr-w0c4-4vfx-6he1-9ks2-d5ta-qn8b-3jyg-p8c1. Case does not count in it, and the last four digits
// are a check.
func Generate() string {
	var bits [bitsBytes]byte
	_, _ = rand.Read(bits[:]) // it never fails
	return format(bits[:])
}

func format(bits []byte) string {
	all := encode(bits) + check(bits)
	var b strings.Builder
	b.WriteString(prefix)
	for ; all != ""; all = all[group:] {
		b.WriteByte('-')
		b.WriteString(all[:group])
	}
	return b.String()
}

// check gives the digits that guard against typing errors.
func check(bits []byte) string {
	sum := sha256.Sum256(append([]byte("framewire secret check 1:"), bits...))
	return encode(sum[:5])[:checks]
}

// encode writes bytes, whose bits are a multiple of 5, in base 32.
func encode(bits []byte) string {
	var out []byte
	var hold, have uint
	for _, b := range bits {
		hold, have = hold<<8|uint(b), have+8
		for ; have >= 5; have -= 5 {
			out = append(out, alphabet[hold>>(have-5)&31])
		}
	}
	return string(out)
}

// looksGenerated reports whether a text is meant to be one that Generate made, with its dashes or, when it
// is as long as that, without.
func looksGenerated(text string) bool {
	if len(text) <= len(prefix) || !strings.EqualFold(text[:len(prefix)], prefix) {
		return false
	}
	bare := strings.NewReplacer("-", "", " ", "").Replace(text)
	return text[len(prefix)] == '-' || len(bare) == len(prefix)+digits+checks
}

var (
	errLength = errors.New("it is a generated secret of which a part is missing, or something was added")
	errTypo   = errors.New("it is a generated secret with a typing error")
)

// parseGenerated gives the random bits of a generated secret. What people take for another digit is read
// as what was meant.
func parseGenerated(text string) ([]byte, error) {
	if !looksGenerated(text) {
		return nil, errTypo
	}
	if len(text) > 2*(digits+checks)+len(prefix) {
		return nil, errLength
	}
	var values []byte
	for _, c := range strings.ToLower(text[len(prefix):]) {
		switch c {
		case '-', ' ':
			continue
		case 'o':
			c = '0'
		case 'i', 'l':
			c = '1'
		}
		at := strings.IndexRune(alphabet, c)
		if at < 0 {
			return nil, errTypo
		}
		values = append(values, byte(at))
	}
	if len(values) != digits+checks {
		return nil, errLength
	}
	bits := decode(values[:digits])
	want := check(bits)
	for i, v := range values[digits:] {
		if alphabet[v] != want[i] {
			return nil, errTypo
		}
	}
	return bits, nil
}

func decode(values []byte) []byte {
	var out []byte
	var hold, have uint
	for _, v := range values {
		if hold, have = hold<<5|uint(v), have+5; have >= 8 {
			have -= 8
			out = append(out, byte(hold>>have))
		}
	}
	return out
}
