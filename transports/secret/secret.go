package secret

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"

	"framewire/pipeline"
)

const (
	hidden = "(secret)"

	// leastCharacters is how long a passphrase has to be, in characters.
	leastCharacters = 12
	mostBytes       = 1024
)

// Secret is a config value that only goes in. The zero value is no secret at all, and so is an empty text.
// Copies share the key, which is computed once.
type Secret struct{ v *value }

// value is behind a pointer, and its text behind another, so that no printing by reflection finds it.
type value struct {
	text *string
	key  func() Key
}

// New makes a secret of a passphrase or a generated secret. White space around it does not count.
func New(text string) Secret {
	text = strings.TrimSpace(text)
	if text == "" {
		return Secret{}
	}
	return Secret{&value{text: &text, key: sync.OnceValue(func() Key {
		if bits, err := parseGenerated(text); err == nil {
			return ofRandom(bits)
		}
		return ofPassphrase(text)
	})}}
}

// UnmarshalText takes what stands in a config. It never fails: what is wrong with it Validate says.
func (s *Secret) UnmarshalText(text []byte) error {
	*s = New(string(text))
	return nil
}

// IsZero reports whether there is no secret.
func (s Secret) IsZero() bool { return s.v == nil }

// Key gives the secret's key. The first call for a passphrase takes tens of milliseconds and 64 MiB of
// memory, so call it where a stage opens. It panics for the zero Secret, which has no key.
func (s Secret) Key() Key { return s.v.key() }

// variable is what people write for an environment variable elsewhere, and which nothing fills in here.
var variable = regexp.MustCompile(`^(\$[A-Za-z_]\w*|\$env:\w+|\$\(.*\)|%\w+%)$`)

// Validate says what is wrong with the secret of that config field, without a word of it.
func (s Secret) Validate(field string) error {
	if s.IsZero() {
		return nil
	}
	text := *s.v.text
	if looksGenerated(text) {
		if _, err := parseGenerated(text); err != nil {
			return pipeline.FieldErrorf(field, "copy it again from where `framewire secret` wrote it", "%v", err)
		}
		return nil
	}
	n := utf8.RuneCountInString(text)
	switch {
	case variable.MatchString(text):
		return pipeline.FieldErrorf(field, "write ${NAME} for what an environment variable holds", "it is the name of a variable, which everybody can guess")
	case !utf8.ValidString(text):
		return pipeline.FieldErrorf(field, "`framewire secret` makes a good one", "it is not UTF-8 text")
	case n < leastCharacters:
		return pipeline.FieldErrorf(field, "`framewire secret` makes a good one", "%s, and fewer than %d are soon guessed", characters(n), leastCharacters)
	case len(text) > mostBytes:
		return pipeline.FieldErrorf(field, "", "it has %d bytes, and the limit is %d", len(text), mostBytes)
	}
	return nil
}

func characters(n int) string {
	if n == 1 {
		return "it has 1 character"
	}
	return fmt.Sprintf("it has %d characters", n)
}

// String tells only whether there is a secret.
func (s Secret) String() string {
	if s.IsZero() {
		return ""
	}
	return hidden
}

// GoString is String.
func (s Secret) GoString() string { return s.String() }

// Format is String, for every verb.
func (s Secret) Format(f fmt.State, _ rune) { fmt.Fprint(f, s.String()) }

// MarshalText is String.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Conceal marks the type for package config: what stands in such a field appears in no message, and is
// taken from no command line.
func (Secret) Conceal() {}
