package config

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"framewire/pipeline"
)

// everything loads a config whose filter holds the given lines.
func everything(t *testing.T, lines ...string) (*everythingConfig, error) {
	t.Helper()
	text := "source: {type: camera}\nfilters:\n  - type: everything\n"
	for _, line := range lines {
		text += "    " + line + "\n"
	}
	chains, err := loadOne(t, text+sinks)
	if err != nil {
		return nil, err
	}
	return chains[0].Filters[0].Config.(*everythingConfig), nil
}

func TestDecodeEveryKindOfValue(t *testing.T) {
	least, size := uint(7), Size{64, 48}
	want := everythingConfig{
		Limits: Limits{Most: -128, Least: &least},
		Text:   "a b", Truth: true, Float: 29.97, Big: 1 << 40, Wait: 90 * time.Second, Size: &size, Bytes: 1 << 20,
		Colour: "#fff", Words: []string{"green", "blue"}, Waits: []time.Duration{0, time.Millisecond},
		Marks: map[string]int{"a": 1, "2": 2}, Boxes: []box{{X: 1}, {Y: 2, T: "in"}},
		Named: map[string]box{"left": {X: 1, Y: 2}}, Level: 2, Labels: map[string]string{},
	}
	got, err := everything(t,
		"most: -128", "least: 7", "text: a b", "truth: true", "float: 29.97", "big: 1099511627776", "wait: 1m30s",
		"size: 64x48", "bytes: 1MiB", "colour: '#fff'", "words: [green, blue]", "waits: [0, 1ms]",
		"marks: {a: 1, 2: 2}", "boxes: [{x: 1}, {y: 2, t: in}]", "named: {left: {x: 1, y: 2}}", "level: 2", "labels: {}")
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(*got, want) {
		t.Errorf("got\n%+v\nwant\n%+v", *got, want)
	}
}

func TestDecodeKeepsDefaults(t *testing.T) {
	for range 2 { // the second time shows that the first did not touch the defaults
		got, err := everything(t)
		if err != nil {
			t.Fatal(err)
		}
		if got.Wait != 2*time.Minute || len(got.Words) != 1 || got.Words[0] != "red" {
			t.Errorf("got %+v", got)
		}
		if got, err = everything(t, "words: [blue]", "wait: 0"); err != nil || got.Words[0] != "blue" || got.Wait != 0 {
			t.Errorf("got %+v, %v", got, err)
		}
	}
}

// A text field takes whatever stands there, as it stands there.
func TestDecodeText(t *testing.T) {
	for written, want := range map[string]string{
		"0": "0", "010": "010", "0x10": "0x10", "1_000": "1_000", "5000": "5000", "1e3": "1e3", ".5": ".5", "-0.0": "-0.0",
		"true": "true", "no": "no", "'null'": "null", `""`: "", `"a\tb"`: "a\tb", "'it''s'": "it's", "2001-01-01": "2001-01-01",
		"12:30:45": "12:30:45", ":5000": ":5000", "127.0.0.1:5000": "127.0.0.1:5000", "http://x:80/y?a=b&c#d": "http://x:80/y?a=b&c#d",
		"a # not this": "a", ".inf": ".inf", "{name}": "", "rec-{name}-{date}.mkv": "rec-{name}-{date}.mkv",
		"cost $5": "cost $5", "$$": "$", "$${HOME}": "${HOME}", "ü€😀": "ü€😀", "C:\\clips\\a.mp4": "C:\\clips\\a.mp4",
	} {
		got, err := everything(t, "text: "+written)
		if written == "{name}" {
			if err == nil || !strings.Contains(err.Error(), "text: wants one value, not a map") {
				t.Errorf("%s: got %v, %v", written, got, err)
			}
			continue
		}
		if err != nil || got.Text != want {
			t.Errorf("%s: got %+v, %v", written, got, err)
		}
	}
	got, err := everything(t, "text: |", "  one", "  two")
	if err != nil || got.Text != "one\ntwo\n" {
		t.Errorf("block: got %+v, %v", got, err)
	}
	got, err = everything(t, "text: >-", "  one", "  two")
	if err != nil || got.Text != "one two" {
		t.Errorf("folded: got %+v, %v", got, err)
	}
}

func TestDecodeFaults(t *testing.T) {
	for _, c := range []struct{ line, want string }{
		{"most: 128", `c.yaml:4:11: filters.0 everything: most: "128" is too large` + "\n    the most is 127"},
		{"most: -129", `c.yaml:4:11: filters.0 everything: most: "-129" is too small` + "\n    the least is -128"},
		{"most: 0x10", `c.yaml:4:11: filters.0 everything: most: "0x10" is not a whole number`},
		{"most: 1_0", `c.yaml:4:11: filters.0 everything: most: "1_0" is not a whole number`},
		{"least: -1", `c.yaml:4:12: filters.0 everything: least: "-1" is below zero`},
		{"float: 1e60", `c.yaml:4:12: filters.0 everything: float: "1e60" is too large`},
		{"colour: red", `c.yaml:4:13: filters.0 everything: colour: a colour begins with #`},
		{"words: [red, geen]", `c.yaml:4:18: filters.0 everything: words.1: "geen" is none of red, green, blue` + "\n    did you mean \"green\"?"},
		{"words: red", `c.yaml:4:12: filters.0 everything: words: wants a list, not one value` + "\n    write [red]"},
		{"waits: [5]", `c.yaml:4:13: filters.0 everything: waits.0: "5" has no unit` + "\n    write 5s"},
		{"marks: [1]", `c.yaml:4:12: filters.0 everything: marks: wants a map, not a list`},
		{"marks: {a: b}", `c.yaml:4:16: filters.0 everything: marks.a: "b" is not a whole number`},
		{"marks: {a: 1, a: 2}", `c.yaml:4:19: filters.0 everything: marks: "a" is there twice` + "\n    the first is at c.yaml:4:13"},
		{"boxes: [{x: 1, z: 2}]", `c.yaml:4:20: filters.0 everything: boxes.0: unknown field "z"` + "\n    the fields are x, y, t"},
		{"wait: 5 ms", `c.yaml:4:11: filters.0 everything: wait: "5 ms" is not a duration` + "\n    write 5ms"},
		{"boxes: [5]", `c.yaml:4:13: filters.0 everything: boxes.0: wants a map, not one value
    write {FIELD: …}; the fields are x, y, t`},
		{"named: {a: {t: up}}", `c.yaml:4:20: filters.0 everything: named.a.t: "up" is none of in, out` + "\n    write one of in, out"},
		{"level: 3", `c.yaml:4:12: filters.0 everything: level: "3" is none of 1, 2` + "\n    write one of 1, 2"},
		{"wait: 2 fortnights", `c.yaml:4:11: filters.0 everything: wait: "2 fortnights" is not a duration` + "\n    write a number and a unit, such as 500ms, 5s or 2m"},
		{"wait: 5 M", `c.yaml:4:11: filters.0 everything: wait: "5 M" is not a duration` + "\n    write 5m"},
		{"wait: 250msecs", `c.yaml:4:11: filters.0 everything: wait: "250msecs" is not a duration` + "\n    write 250ms"},
		{"wait: 3hours", `c.yaml:4:11: filters.0 everything: wait: "3hours" is not a duration` + "\n    write 3h"},
		{"wait: [5s]", `c.yaml:4:11: filters.0 everything: wait: wants one value, not a list` + "\n    write a duration such as 5s"},
		{"bytes: {}", `c.yaml:4:12: filters.0 everything: bytes: wants one value, not a map` + "\n    write a size such as 64MiB"},
		{"truth: off", `c.yaml:4:12: filters.0 everything: truth: "off" is neither true nor false` + "\n    write false"},
		{"Hidden: x", `c.yaml:4:5: filters.0 everything: unknown field "Hidden"` + "\n    `framewire list filter everything` shows the fields"},
		{"deep: {a: 1}", `c.yaml:4:5: filters.0 everything: unknown field "deep"` + "\n    `framewire list filter everything` shows the fields"},
	} {
		if _, err := everything(t, c.line); err == nil || err.Error() != c.want {
			t.Errorf("%s: got\n%v\nwant\n%s", c.line, err, c.want)
		}
	}
}

func TestDecodeAFieldThatNoConfigCanHold(t *testing.T) {
	reg, err := pipeline.NewRegistry(fake(pipeline.KindSource, "odd", "", oddConfig{}), fake(pipeline.KindSink, "null", "", nothing{}))
	if err != nil {
		t.Fatal(err)
	}
	text := "source:\n  type: odd\n  odd: 5\n" + sinks
	_, err = Load(reg, Options{ReadFile: func(string) ([]byte, error) { return []byte(text), nil }}, "c.yaml")
	if want := "c.yaml:3:8: source odd: odd: cannot be set in a config"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestAliasesAndMerges(t *testing.T) {
	chains, err := loadOne(t, `
pipelines:
  a:
    source: &camera {type: camera, fps: 5, size: &size 64x48}
    sinks: &sinks [{type: null}]
  b:
    source: {<<: *camera, fps: 6}
    filters:
      - {type: everything, size: *size}
    sinks: *sinks
  c:
    source:
      <<: [{fps: 7}, *camera]
      format: raw
    sinks: *sinks
`)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []cameraConfig{
		{"0", Size{64, 48}, 5, "auto", false}, {"0", Size{64, 48}, 6, "auto", false}, {"0", Size{64, 48}, 7, "raw", false},
	} {
		if got := *chains[i].Input.Config.(*cameraConfig); got != want {
			t.Errorf("pipeline %d: got %+v, want %+v", i, got, want)
		}
	}
	if got := chains[1].Filters[0].Config.(*everythingConfig).Size; *got != (Size{64, 48}) {
		t.Errorf("got %v", got)
	}
}

// An override of a value that came by an alias changes one place only.
func TestOverrideOfAnAlias(t *testing.T) {
	chains, err := loadOne(t, "pipelines:\n  a: {source: &c {type: camera}, sinks: [{type: null}]}\n  b: {source: *c, sinks: [{type: null}]}\n",
		"pipelines.b.source.fps=9")
	if err != nil {
		t.Fatal(err)
	}
	a, b := chains[0].Input.Config.(*cameraConfig), chains[1].Input.Config.(*cameraConfig)
	if a.FPS != 30 || b.FPS != 9 {
		t.Errorf("got %v and %v", a.FPS, b.FPS)
	}
}
