package config

import (
	"fmt"
	"strings"
	"testing"
)

// bomb is a file whose aliases stand for ten to the power of levels values.
func bomb(levels int) string {
	var b strings.Builder
	b.WriteString("a0: &a0 x\n")
	for i := 1; i <= levels; i++ {
		fmt.Fprintf(&b, "a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d,", i-1), 10), ","))
	}
	return b.String()
}

// hostileCases are files that want more than they should get: each gives exactly one fault, soon.
var hostileCases = []struct{ name, text, want string }{
	{"alias bomb", bomb(12), `c.yaml:5:38: the aliases from here on expand to more than 20000 values`},
	{"anchor in itself", "source: &a {type: *a}\n" + sinks, `c.yaml:1:19: there is no anchor "a" above
    text that begins with * needs quotes: "*a"`},
	{"anchor in its namesake", "a: &a x\nb: &a [*a]\nc: *a\n", `c.yaml:2:8: maps and lists are nested more than 64 deep`},
	{"merge bomb", "a0: &a0 {x: 1}\n" + strings.ReplaceAll(strings.ReplaceAll(bomb(12)[len("a0: &a0 x\n"):], "[", "{<<: ["), "]", "]}"),
		`c.yaml:5:31: the aliases from here on expand to more than 20000 values`},
	{"too many words", strings.Repeat("a: b\n", 30_000), `c.yaml: holds more than 20000 words`},
	{"too large", strings.Repeat("#\n", 1<<19) + "#", `c.yaml: is larger than 1 MiB`},
	{"many brackets", strings.Repeat("[", 1<<20), `c.yaml: holds more than 20000 words`},
	{"many dashes", strings.Repeat("- ", 9_000), `c.yaml:1:131: maps and lists are nested more than 64 deep`},
	{"many anchors", strings.Repeat("&a ", 9_000), `c.yaml:1:4: not valid YAML: unexpected scalar value type`},
	{"many empty lines", "a: |\n  x" + strings.Repeat("\n", 1<<19), `c.yaml: holds too many empty lines in a row`},
	{"one long variable", "source: {type: camera, device: '" + strings.Repeat("${A:-"+strings.Repeat("x", 1000)+"}", 100) + "'}\n" + sinks,
		`c.yaml:1:32: source camera: device: is longer than 64 KiB with its variables filled in`},
}

func TestHostileFiles(t *testing.T) {
	for _, c := range hostileCases {
		_, err := loadOne(t, c.text)
		if err == nil {
			t.Errorf("%s: no fault", c.name)
			continue
		}
		if got := err.Error(); got != c.want {
			t.Errorf("%s: got\n%s\nwant\n%s", c.name, got[:min(len(got), 1000)], c.want)
		}
	}
}

func TestManyFaultsAreCounted(t *testing.T) {
	text := "source:\n  type: camera\n"
	for i := range 70 {
		text += fmt.Sprintf("  nonsense%d: 1\n", i)
	}
	_, err := loadOne(t, text+sinks)
	if err == nil || !strings.HasSuffix(err.Error(), "\nand 20 more") {
		t.Errorf("got\n%v", err)
	}
}

// BenchmarkLoad loads a config such as people write.
func BenchmarkLoad(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := loadOne(b, senderText); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkLoadBomb shows what the worst file costs.
func BenchmarkLoadBomb(b *testing.B) {
	b.ReportAllocs()
	text := bomb(12)
	for b.Loop() {
		if _, err := loadOne(b, text); err == nil {
			b.Fatal("no fault")
		}
	}
}

// BenchmarkLoadLargest loads a file just within the limits, all of it wrong.
func BenchmarkLoadLargest(b *testing.B) {
	b.ReportAllocs()
	var text strings.Builder
	text.WriteString("source:\n  type: camera\n")
	for i := range 4900 {
		fmt.Fprintf(&text, "  field%d: x\n", i)
	}
	for b.Loop() {
		if _, err := loadOne(b, text.String()); err == nil {
			b.Fatal("no fault")
		}
	}
}
