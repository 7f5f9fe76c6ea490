package config

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"framewire/pipeline"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares with a file of testdata.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; see what changed with -update. Got\n%s", path, got)
	}
}

func TestDescribe(t *testing.T) {
	spec, _ := fakes(t, "").Lookup(pipeline.KindFilter, "everything")
	var got []string
	for _, f := range Describe(spec) {
		got = append(got, strings.Join([]string{f.Name, f.Kind(), f.Default, f.Doc}, "; "))
	}
	want := []string{
		"most; whole number; 0; at most",
		"least; whole number; ; at least",
		"text; text; ; any text",
		"truth; true or false; false; ",
		"float; number; 0; ",
		"big; whole number; 0; ",
		"wait; duration; 2m; ",
		"size; size; ; ",
		"bytes; bytes; 0; ",
		"colour; text; ; #RRGGBB",
		"words; list of red, green, blue; [red]; some colours",
		"waits; list of duration; ; ",
		"marks; map of whole number; ; ",
		"boxes.N.x; whole number; 0; from the left, in pixels",
		"boxes.N.y; whole number; 0; ",
		"boxes.N.t; in, out; ; ",
		"named.NAME.x; whole number; 0; from the left, in pixels",
		"named.NAME.y; whole number; 0; ",
		"named.NAME.t; in, out; ; ",
		"level; 1, 2; 0; ",
		"labels; map of text; ; ",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// Of two fields of which one is wanted, as with listen and dial, neither is required.
func TestDescribeRequired(t *testing.T) {
	reg := fakes(t, "")
	var got []string
	for _, kind := range pipeline.Kinds() {
		for _, spec := range reg.List(kind) {
			for _, f := range Describe(spec) {
				if f.Required {
					got = append(got, string(kind)+" "+spec.Name+" "+f.Name)
				}
			}
		}
	}
	if want := []string{"source file path"}; !reflect.DeepEqual(got, want) {
		t.Errorf("required are %q, want %q", got, want)
	}
}

func TestDescribeLeavesDefaultsInWordsAlone(t *testing.T) {
	for _, f := range DescribeQueue() {
		if f.Name == "queue.size" && f.Default != "" {
			t.Errorf("%s: the default is %q beside %q", f.Name, f.Default, f.Doc)
		}
	}
}

func TestWrittenDuration(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0s", 2 * time.Minute: "2m", time.Hour: "1h", 90 * time.Second: "1m30s", 10 * time.Second: "10s",
		time.Hour + time.Second: "1h0m1s", 10 * time.Minute: "10m", 30 * time.Hour: "30h", 24 * time.Hour: "1d", -720 * time.Hour: "-30d", 1500 * time.Millisecond: "1.5s",
	} {
		if got := writtenDuration(d); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestList(t *testing.T) {
	reg := fakes(t, "needs OpenCV: build with `make build`")
	var b bytes.Buffer
	if err := WriteList(&b, reg); err != nil {
		t.Fatal(err)
	}
	for _, kind := range []pipeline.Kind{pipeline.KindSource, pipeline.KindEncoder, pipeline.KindSink} {
		b.WriteString("----\n")
		if err := WriteKind(&b, reg, kind); err != nil {
			t.Fatal(err)
		}
	}
	golden(t, "list.txt", b.Bytes())
}

func TestFind(t *testing.T) {
	reg := fakes(t, "")
	for _, words := range [][2]string{{"source", "camera"}, {"sources", "file"}, {"sinks", ""}, {"send", "tcp"}} {
		kind, spec, err := Find(reg, words[0], words[1])
		if err != nil || string(kind) != strings.TrimSuffix(words[0], "s") || (spec == nil) != (words[1] == "") {
			t.Errorf("%v: got %s, %v, %v", words, kind, spec, err)
		}
	}
	for words, want := range map[[2]string]string{
		{"sorce", ""}:           `there is no kind "sorce" (did you mean "source"?)`,
		{"transport", ""}:       `there is no kind "transport" (kinds are source, receive, filter, encoder, send, sink)`,
		{"sink", "fiel"}:        `there is no sink "fiel" (did you mean "file"?)`,
		{"source", "telescope"}: `there is no source "telescope" (there are camera, file)`,
	} {
		if _, _, err := Find(reg, words[0], words[1]); err == nil || err.Error() != want {
			t.Errorf("%v: got %v, want %s", words, err, want)
		}
	}
}

// The manual is the same in the build that lacks a plugin.
func TestMarkdown(t *testing.T) {
	for _, missing := range []string{"", "needs OpenCV: build with `make build`"} {
		var b bytes.Buffer
		if err := WriteMarkdown(&b, fakes(t, missing)); err != nil {
			t.Fatal(err)
		}
		golden(t, "plugins.md", b.Bytes())
		if err := checkMarkdown(fakes(t, ""), "plugins.md", b.String(), nil); err != nil {
			t.Error(err)
		}
	}
}
