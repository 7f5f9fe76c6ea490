package secret

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
)

// generated is a secret whose bits are known: 0x00, 0x01 and so on.
const generated = "fw1-000g-40r4-0m30-e209-185g-r38e-1w81-24gk-9et0"

func countedBits() []byte {
	bits := make([]byte, bitsBytes)
	for i := range bits {
		bits[i] = byte(i)
	}
	return bits
}

func TestGenerate(t *testing.T) {
	shape := regexp.MustCompile(`^fw1(-[0-9a-hjkmnp-tv-z]{4}){9}$`)
	seen := make(map[string]bool)
	for range 100 {
		s := Generate()
		if !shape.MatchString(s) {
			t.Errorf("%q has another shape", s)
		}
		if seen[s] {
			t.Errorf("%q came twice", s)
		}
		seen[s] = true
		if err := New(s).Validate("secret"); err != nil {
			t.Errorf("%q: %v", s, err)
		}
	}
}

// The text form never changes: secrets are written down.
func TestGeneratedForm(t *testing.T) {
	if got := format(countedBits()); got != generated {
		t.Errorf("got %s, want %s", got, generated)
	}
	for _, written := range []string{
		generated,
		strings.ToUpper(generated),
		strings.ReplaceAll(generated, "0", "O"),
		prefix + strings.ReplaceAll(generated[len(prefix):], "-", ""),
		prefix + strings.ReplaceAll(generated[len(prefix):], "1", "l"),
		prefix + strings.ReplaceAll(generated[len(prefix):], "-1", " I"),
	} {
		bits, err := parseGenerated(written)
		if err != nil || !bytes.Equal(bits, countedBits()) {
			t.Errorf("%q gives %x, %v", written, bits, err)
		}
	}
}

// Every single wrong digit, and every two neighbours exchanged, are told as a typing error.
func TestTypingErrors(t *testing.T) {
	digitsOf := strings.ReplaceAll(generated[len(prefix):], "-", "")
	try := func(wrong string) {
		if wrong == digitsOf {
			return
		}
		if _, err := parseGenerated(prefix + wrong); err != errTypo {
			t.Errorf("%q is taken: %v", wrong, err)
		}
	}
	for i := range digitsOf {
		for _, c := range alphabet {
			try(digitsOf[:i] + string(c) + digitsOf[i+1:])
		}
		if i > 0 {
			try(digitsOf[:i-1] + digitsOf[i:i+1] + digitsOf[i-1:i] + digitsOf[i+1:])
		}
	}
}

func FuzzParseGenerated(f *testing.F) {
	for _, s := range []string{generated, "fw1-", "FW1-u", "fw1-000g", strings.Repeat("fw1-", 1000), "fw1-\xff", "fw1-💡"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		bits, err := parseGenerated(s)
		if err != nil {
			return
		}
		again, err := parseGenerated(format(bits))
		if err != nil || !bytes.Equal(bits, again) {
			t.Errorf("%q gives %x, and then %x, %v", s, bits, again, err)
		}
	})
}
