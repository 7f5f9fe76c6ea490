package main

import (
	"math"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

const printed = `==1== Callgrind, a call-graph generating cache profiler
BenchmarkSplit/150KB/parity_0% 	     110	   1040 ns/op	 144.21 MB/s	      24 B/op	       3 allocs/op
PASS
==1== Collected : 62345678
`

func TestParse(t *testing.T) {
	got, err := parse(printed)
	if err != nil || got != (figures{62345678, 3}) {
		t.Errorf("got %+v, %v", got, err)
	}
	twice := strings.Replace(printed, "PASS", "BenchmarkSplit/150KB/parity_20% 	1	5 ns/op	0 B/op	0 allocs/op\nPASS", 1)
	for name, text := range map[string]string{
		"two benchmarks": twice, "none": strings.Replace(printed, "Benchmark", "bench", 1),
		"no count": strings.Replace(printed, "Collected", "collected", 1),
	} {
		if got, err := parse(text); err == nil {
			t.Errorf("%s: taken as %+v", name, got)
		}
	}
}

// TestWithin holds the limits: ten percent, and no more allocations where there are few.
func TestWithin(t *testing.T) {
	limit := figures{1000, 3}
	for _, c := range []struct {
		now  figures
		want bool
	}{
		{figures{1100, 3}, true}, {figures{1101, 3}, false}, {figures{1000, 4}, false}, {figures{1, 0}, true},
	} {
		if got := c.now.within(limit, 0); got != c.want {
			t.Errorf("%+v within %+v: %v", c.now, limit, got)
		}
	}
	if !(figures{1000, 5}).within(limit, 2) || (figures{1000, 6}).within(limit, 2) {
		t.Error("chance may add two, and no more")
	}
	if !(figures{1, 44}).within(figures{1, 40}, 0) || (figures{1, 45}).within(figures{1, 40}, 0) {
		t.Error("many allocations may grow by a tenth, and no more")
	}
	if !(figures{math.MaxInt64 / 400, 1 << 40}).within(unlimited, 0) {
		t.Error("unlimited has a limit")
	}
}

func TestRow(t *testing.T) {
	before := figures{1000, 2}
	for want, got := range map[string]string{
		"a   1000   950   -5.0%   2":                                row(benchCase{name: "a"}, before, true, figures{950, 2}),
		"a   1000   2000  +100.0% 3, were 2   GROWN":                row(benchCase{name: "a"}, before, true, figures{2000, 3}),
		"a   -      7     -       0":                                row(benchCase{name: "a"}, figures{}, false, figures{7, 0}),
		"instructions an operation recorded now change allocations": heading,
	} {
		if strings.Join(strings.Fields(got), " ") != strings.Join(strings.Fields(want), " ") {
			t.Errorf("got %q, want the words of %q", got, want)
		}
	}
}

func TestSaveAndLoad(t *testing.T) {
	file := filepath.Join(t.TempDir(), "recorded.json")
	if got, err := load(file); err != nil || len(got.Cases) != 0 {
		t.Errorf("without a file: %+v, %v", got, err)
	}
	want := recorded{Tools: "go1 amd64", Cases: map[string]figures{"a": {1, 2}}}
	if err := want.save(file); err != nil {
		t.Fatal(err)
	}
	if got, err := load(file); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
	if err := os.WriteFile(file, []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := load(file); err == nil {
		t.Error("half a file was taken")
	}
}

// TestCases sees to it that each case is a benchmark that exists and is recorded, so that one that was renamed is
// not left out unseen.
func TestCases(t *testing.T) {
	old, err := load("recorded.json")
	if err != nil {
		t.Fatal(err)
	}
	seen := make(map[string]bool)
	for _, c := range cases {
		if seen[c.name] || c.few < 1 || c.many <= c.few {
			t.Errorf("%+v: named twice, or nothing is measured", c)
		}
		seen[c.name] = true
		if _, ok := old.Cases[c.name]; !ok {
			t.Errorf("%s is not recorded: UPDATE=1 make bench-check", c.name)
		}
		function := "func " + strings.Trim(strings.Split(c.bench, "/")[0], "^$") + "(b *testing.B)"
		files, err := filepath.Glob(filepath.Join("../..", c.pkg, "*_test.go"))
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			found = found || regexp.MustCompile("(?m)^"+regexp.QuoteMeta(function)).Match(text)
		}
		if !found {
			t.Errorf("%s: %s has no %s", c.name, c.pkg, function)
		}
	}
	for name := range old.Cases {
		if !seen[name] {
			t.Errorf("recorded.json has %q, which is no case", name)
		}
	}
}
