package image

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/go-hclog"
)

// names are what photos may be called.
func oddNames() []string {
	return []string{"a.jpg", "sub/a b.jpg", `quote"back\slash`, "line\nbreak", "\xFF\xFE no UTF-8", "ü 日本", strings.Repeat("n", 255)}
}

func stampOfTest(i int) stamp {
	return stamp{size: int64(i) * 1000, mtime: 1_700_000_000_000_000_000 + int64(i)}
}

func openTest(t testing.TB, path, root string) *journal {
	t.Helper()
	j, err := openJournal(path, root, hclog.NewNullLogger())
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func closeTest(t testing.TB, j *journal) {
	t.Helper()
	if err := j.close(); err != nil {
		t.Fatal(err)
	}
}

func TestJournalRemembers(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	j := openTest(t, path, t.TempDir())
	for i, name := range oddNames() {
		j.add(name, stampOfTest(i), sha256.Sum256([]byte(name)))
	}
	closeTest(t, j)
	for range 2 { // as it was written, and compacted
		j = openTest(t, path, t.TempDir())
		for i, name := range oddNames() {
			if !j.has(name, stampOfTest(i)) || j.has(name, stampOfTest(i+1)) {
				t.Errorf("%q is not as it was", name)
			}
			if !j.same(name, sha256.Sum256([]byte(name))) || j.same(name, [32]byte{}) {
				t.Errorf("%q is another", name)
			}
		}
		closeTest(t, j)
	}
	// A newer line counts, and what comes after close is written by finish.
	j = openTest(t, path, t.TempDir())
	j.add("a.jpg", stampOfTest(7), [32]byte{})
	closeTest(t, j)
	j.add("late.jpg", stampOfTest(8), [32]byte{})
	j.finish()
	j = openTest(t, path, t.TempDir())
	defer closeTest(t, j)
	if !j.has("a.jpg", stampOfTest(7)) || !j.has("late.jpg", stampOfTest(8)) {
		t.Error("the newer lines are not there")
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(data, []byte(`"a.jpg"`)); n != 1 {
		t.Errorf("%d lines about a.jpg after it was compacted", n)
	}
}

// TestTornJournal cuts it at every byte, and puts rubbish where a block was never written.
func TestTornJournal(t *testing.T) {
	data := []byte(journalHead)
	var ends []int
	for i, name := range oddNames() {
		data = appendEntry(data, name, entry{stamp: stampOfTest(i)})
		ends = append(ends, len(data))
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "journal")
	for n := len(journalHead); n <= len(data); n++ {
		put(t, path, data[:n])
		j := &journal{path: path, root: dir, entries: make(map[string]entry)}
		if err := j.parse(bytes.NewReader(data[:n])); err != nil {
			t.Fatal(err)
		}
		whole := 0
		for whole < len(ends) && ends[whole] <= n {
			whole++
		}
		if len(j.entries) != whole {
			t.Fatalf("cut at %d: %d entries, want %d", n, len(j.entries), whole)
		}
	}
	// It is read and goes on after such a cut.
	put(t, path, data[:ends[2]-3])
	j := openTest(t, path, dir)
	j.add("new.jpg", stampOfTest(9), [32]byte{})
	closeTest(t, j)
	j = openTest(t, path, dir)
	defer closeTest(t, j)
	if len(j.entries) != 3 || !j.has("new.jpg", stampOfTest(9)) {
		t.Errorf("%v", slices.Collect(maps.Keys(j.entries)))
	}
	// Rubbish costs the lines that it lies in.
	for i := ends[0] + 5; i < ends[1]+5; i++ {
		data[i] = 0
	}
	k := &journal{entries: make(map[string]entry)}
	if err := k.parse(bytes.NewReader(data)); err != nil || len(k.entries) != len(ends)-2 {
		t.Errorf("%d entries, %v", len(k.entries), err)
	}
}

// TestJournalStaysSmall forgets the oldest of the files that are gone, and none that are there.
func TestJournalStaysSmall(t *testing.T) {
	dir := write(t, map[string][]byte{"old/first.jpg": nil})
	path := filepath.Join(dir, ".journal")
	data := appendEntry([]byte(journalHead), "old/first.jpg", entry{})
	for i := range keepGone + 20 {
		data = appendEntry(data, fmt.Sprint(i), entry{stamp: stampOfTest(i)})
	}
	put(t, path, data)
	j := openTest(t, path, dir)
	if len(j.entries) != keepGone+1 || !j.has("old/first.jpg", stamp{}) || j.has("19", stampOfTest(19)) || !j.has("20", stampOfTest(20)) {
		t.Errorf("%d entries", len(j.entries))
	}
	// It is compacted while it is in use too, when much has come.
	j.compacts = len(j.entries) + 1
	j.add("new", stampOfTest(1), [32]byte{})
	closeTest(t, j)
	if len(j.entries) != keepGone+1 || j.has("20", stampOfTest(20)) || !j.has("new", stampOfTest(1)) {
		t.Errorf("%d entries", len(j.entries))
	}
	j = openTest(t, path, dir)
	defer closeTest(t, j)
	if len(j.entries) != keepGone+1 || !j.has("new", stampOfTest(1)) {
		t.Errorf("%d entries", len(j.entries))
	}
}

// TestJournalOnAFullDisk keeps the lines until there is room.
func TestJournalOnAFullDisk(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("there is no /dev/full")
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "journal")
	closeTest(t, openTest(t, path, dir))
	var log bytes.Buffer
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer full.Close()
	j := &journal{
		path: path, root: dir, entries: make(map[string]entry), file: full,
		log: hclog.New(&hclog.LoggerOptions{Output: &log, DisableTime: true}), kick: make(chan struct{}, 1),
	}
	for i := range 3 {
		j.add(fmt.Sprint(i), stampOfTest(i), [32]byte{})
		if j.flush() {
			t.Error("a full disk took it")
		}
	}
	want := "[ERROR] the journal cannot be written and is tried again: what was delivered since may be offered anew after a restart: journal=" + path
	if !strings.HasPrefix(log.String(), want) || strings.Count(log.String(), "\n") != 1 {
		t.Errorf("%s, want one line\n%s", log.String(), want)
	}
	if j.file, err = os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := j.file.WriteString("0 1700000"); err != nil { // what the disk had room for
		t.Fatal(err)
	}
	if !j.flush() {
		t.Error("it is not written")
	}
	if err := j.file.Close(); err != nil {
		t.Error(err)
	}
	again := openTest(t, path, dir)
	defer closeTest(t, again)
	if len(again.entries) != 3 {
		t.Errorf("%d entries, want 3", len(again.entries))
	}
}

func FuzzJournal(f *testing.F) {
	data := []byte(journalHead)
	for i, name := range oddNames() {
		data = appendEntry(data, name, entry{stamp: stampOfTest(i), sum: sha256.Sum256([]byte(name))})
	}
	f.Add(data)
	f.Add(data[:len(data)-4])
	f.Add([]byte(journalHead + "1 2 3 `x`\n" + strings.Repeat("0", 3*maxLine) + "\n"))
	f.Add([]byte("another file"))
	f.Fuzz(func(t *testing.T, data []byte) {
		j := &journal{entries: make(map[string]entry)}
		if j.parse(bytes.NewReader(data)) != nil {
			return
		}
		out := []byte(journalHead)
		for name, e := range j.entries {
			out = appendEntry(out, name, e)
		}
		again := &journal{entries: make(map[string]entry)}
		if err := again.parse(bytes.NewReader(out)); err != nil || len(again.entries) != len(j.entries) {
			t.Fatalf("%d entries are %d when read again: %v", len(j.entries), len(again.entries), err)
		}
		for name, e := range j.entries {
			if got := again.entries[name]; got.stamp != e.stamp || got.sum != e.sum {
				t.Errorf("%q: %+v, was %+v", name, got, e)
			}
		}
	})
}

// BenchmarkJournal is one photo's line, on the disk.
func BenchmarkJournal(b *testing.B) {
	dir := b.TempDir()
	j := openTest(b, filepath.Join(dir, "journal"), dir)
	defer closeTest(b, j)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		j.add("photo.jpg", stampOfTest(i), [32]byte{})
	}
}
