package secret

import (
	"encoding"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/hashicorp/go-hclog"
)

var (
	_ encoding.TextUnmarshaler = (*Secret)(nil)
	_ encoding.TextMarshaler   = Secret{}
)

const passphrase = "correct horse battery staple"

func TestValidate(t *testing.T) {
	const hint = " (`framewire secret` makes a good one)"
	const again = " (copy it again from where `framewire secret` wrote it)"
	const name = "it is the name of a variable, which everybody can guess (write ${NAME} for what an environment variable holds)"
	tests := []struct{ text, err string }{
		{"", ""},
		{"  \n", ""},
		{passphrase, ""},
		{"zwölf Zeichn", ""},
		{generated, ""},
		{" " + generated + "\n", ""},
		{"a", "secret: it has 1 character, and fewer than 12 are soon guessed" + hint},
		{"elevenchars", "secret: it has 11 characters, and fewer than 12 are soon guessed" + hint},
		{"ööööööööööö", "secret: it has 11 characters, and fewer than 12 are soon guessed" + hint},
		{" elevenchars ", "secret: it has 11 characters, and fewer than 12 are soon guessed" + hint},
		{"$FRAMEWIRE_SECRET", "secret: " + name},
		{"$env:FRAMEWIRE_SECRET", "secret: " + name},
		{"%FRAMEWIRE_SECRET%", "secret: " + name},
		{"$(framewire secret)", "secret: " + name},
		{"$FRAMEWIRE_SECRET and more", ""},
		{"not UTF-8 text: \xff", "secret: it is not UTF-8 text" + hint},
		{strings.Repeat("x", 1025), "secret: it has 1025 bytes, and the limit is 1024"},
		{generated[:20], "secret: it is a generated secret of which a part is missing, or something was added" + again},
		{generated + "0", "secret: it is a generated secret of which a part is missing, or something was added" + again},
		{"fw1-" + strings.Repeat("0", 1000), "secret: it is a generated secret of which a part is missing, or something was added" + again},
		{strings.Replace(generated, "g", "h", 1), "secret: it is a generated secret with a typing error" + again},
		{strings.Replace(generated, "g", "u", 1), "secret: it is a generated secret with a typing error" + again},
	}
	for _, test := range tests {
		if got := text(New(test.text).Validate("secret")); got != test.err {
			t.Errorf("%.40q: got %q, want %q", test.text, got, test.err)
		}
	}
}

// However it is printed, nothing of it comes out.
func TestNothingShows(t *testing.T) {
	type config struct {
		Secret Secret `json:"secret"`
		inner  Secret
		Key    Key
	}
	for _, s := range []string{passphrase, generated} {
		c := config{New(s), New(s), New(s).Key()}
		key := hex.EncodeToString(c.Key[:])
		j, err := json.Marshal(map[string]any{"s": c.Secret, "p": &c.Secret})
		if err != nil {
			t.Fatal(err)
		}
		var log strings.Builder
		hclog.New(&hclog.LoggerOptions{Output: &log}).Info("it", "secret", c.Secret, "config", c, "key", c.Key)
		slog.New(slog.NewTextHandler(&log, nil)).Info("it", "secret", c.Secret, "config", c)
		out := log.String() + string(j)
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T"} {
			out += fmt.Sprintf(verb+verb+verb+verb, c, &c, c.Secret, &c.Key)
		}
		out += c.Secret.String() + c.Secret.GoString() + c.Key.String() + c.Key.GoString()
		for _, word := range []string{s, hex.EncodeToString([]byte(s)), key, strings.ToUpper(key), fmt.Sprint([]byte(s)), fmt.Sprint(c.Key[:4])[1:8]} {
			if strings.Contains(out, word) {
				t.Errorf("%q shows in %s", word, out)
			}
		}
		if !strings.Contains(out, hidden) {
			t.Errorf("that there is a secret does not show in %s", out)
		}
	}
	if got := fmt.Sprintf("%v|%s|%#v", Secret{}, Secret{}, Secret{}); got != "||" {
		t.Errorf("no secret prints as %q", got)
	}
}

// What a secret becomes never changes within this version: both ends have to come to the same key.
func TestKeys(t *testing.T) {
	tests := []struct{ text, key string }{
		{passphrase, "485701c1e285ddaabedb12e1772922b80bf1be97d26c068fb6f71226c20d26ad"},
		{generated, "a10207d2b53c89469397c6a912584eec3febc5b46b56ab150f766bdf53e99080"},
	}
	for _, test := range tests {
		key := New(test.text).Key()
		if got := hex.EncodeToString(key[:]); got != test.key {
			t.Errorf("%q becomes %s, want %s", test.text, got, test.key)
		}
	}
	if New(generated).Key() != New(strings.ToUpper(generated)).Key() {
		t.Error("case counts in a generated secret")
	}
	if New(passphrase).Key() == New(strings.ToUpper(passphrase)).Key() {
		t.Error("case does not count in a passphrase")
	}
}

func TestUnmarshalText(t *testing.T) {
	var s Secret
	if err := s.UnmarshalText([]byte(passphrase)); err != nil || s.IsZero() {
		t.Errorf("got %v, zero %v", err, s.IsZero())
	}
	if err := s.UnmarshalText(nil); err != nil || !s.IsZero() {
		t.Errorf("got %v, zero %v", err, s.IsZero())
	}
}

// The price of a guess, and of a start.
func BenchmarkPassphrase(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		New(passphrase).Key()
	}
}
