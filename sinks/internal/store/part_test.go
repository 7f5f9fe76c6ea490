package store

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func openPart(t *testing.T, s *Store, whole string) *Part {
	t.Helper()
	p, err := s.Part(contentOf(whole))
	if err != nil || p == nil {
		t.Fatalf("Part gives %v, %v", p, err)
	}
	return p
}

func write(t *testing.T, p *Part, data string) {
	t.Helper()
	if n, err := p.Write([]byte(data)); n != len(data) || err != nil {
		t.Fatalf("Write gives %d, %v", n, err)
	}
}

func holdsNow(t *testing.T, p *Part, want string) {
	t.Helper()
	got := make([]byte, len(want)+1)
	n, err := p.ReadAt(got, 0)
	if err != io.EOF || string(got[:n]) != want || p.Size() != int64(len(want)) {
		t.Fatalf("the part holds %q (%v) and says %d bytes, wants %q", got[:n], err, p.Size(), want)
	}
}

func TestPart(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	p := openPart(t, s, "hello world")
	holdsNow(t, p, "")
	write(t, p, "hello")
	write(t, p, " ")
	holdsNow(t, p, "hello ")
	if again, err := s.Part(contentOf("hello world")); again != nil || err != nil {
		t.Errorf("the same part is opened again: %v, %v", again, err)
	}
	other := open(t, dir)
	if again, err := other.Part(contentOf("hello world")); again != nil || err != nil {
		t.Errorf("somebody else opens the same part: %v, %v", again, err)
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	other = open(t, dir)
	p = openPart(t, other, "hello world")
	holdsNow(t, p, "hello ")
	if _, err := p.Write([]byte("worlds")); err == nil || !strings.Contains(err.Error(), "6 bytes behind 6 do not belong to a file of 11") {
		t.Errorf("one byte too many: %v", err)
	}
	write(t, p, "world")
	holdsNow(t, p, "hello world")
	if err := p.Discard(); err != nil {
		t.Fatal(err)
	}
	if got := all(t, dir); len(got) != 0 {
		t.Errorf("files are %v, wants none", got)
	}
}

func TestPartWithNothingIsRemoved(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	if err := openPart(t, s, "data").Close(); err != nil {
		t.Fatal(err)
	}
	if got := all(t, dir); len(got) != 0 {
		t.Errorf("files are %v, wants none", got)
	}
}

// TestPartTooLong has a file where the part would be that is longer than the whole.
func TestPartTooLong(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	file(t, dir, partName(contentOf("data").Sum), "something else")
	p := openPart(t, s, "data")
	holdsNow(t, p, "")
	write(t, p, "da")
	holdsNow(t, p, "da")
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestPartLinkIsPlanted wants nothing to be written through a link.
func TestPartLinkIsPlanted(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	put(t, s, "photo.jpg", "photo")
	if err := os.Symlink("photo.jpg", filepath.Join(dir, partName(contentOf("whole").Sum))); err != nil {
		t.Skip(err)
	}
	if p, err := s.Part(contentOf("whole")); p != nil || err != nil {
		t.Errorf("Part gives %v, %v", p, err)
	}
	put(t, s, "photo.jpg", "photo")
	if got := all(t, dir); len(got) != 2 {
		t.Errorf("files are %v", got)
	}
}

func TestMostParts(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	var held []*Part
	for i := range mostParts {
		p := openPart(t, s, fmt.Sprint("whole ", i))
		write(t, p, "w")
		held = append(held, p)
	}
	if p, err := s.Part(contentOf("one more")); p != nil || err != nil {
		t.Errorf("with all open Part gives %v, %v", p, err)
	}
	for _, i := range []int{7, 3} {
		if err := held[i].Close(); err != nil {
			t.Fatal(err)
		}
	}
	p := openPart(t, s, "one more") // takes the place of the 7th, which waits longest
	write(t, p, "o")
	got := all(t, dir)
	if len(got) != mostParts || slices.Contains(got, partName(contentOf("whole 7").Sum)) {
		t.Errorf("%d files, and the oldest is still there: %v", len(got), got)
	}
	for i, p := range append(held, p) {
		if i != 3 && i != 7 {
			if err := p.Discard(); err != nil {
				t.Error(err)
			}
		}
	}
	if got := all(t, dir); !slices.Equal(got, []string{partName(contentOf("whole 3").Sum)}) {
		t.Errorf("files are %v, wants the 3rd", got)
	}
}

func TestOldPartsGo(t *testing.T) {
	dir := t.TempDir()
	names := map[string]time.Duration{
		partName(contentOf("old").Sum):   partAge + time.Hour,
		partName(contentOf("young").Sum): partAge - time.Hour,
		// Not ours:
		ownPrefix + "short.part":                        2 * partAge,
		ownPrefix + strings.Repeat("ab", 100) + ".part": 2 * partAge,
		ownPrefix + strings.Repeat("AB", 32) + ".part":  2 * partAge,
		ownPrefix + strings.Repeat("xy", 32) + ".part":  2 * partAge,
		ownPrefix + strings.Repeat("ab", 32) + ".trap":  2 * partAge,
	}
	for name, age := range names {
		file(t, dir, name, "x")
		past := time.Now().Add(-age)
		if err := os.Chtimes(filepath.Join(dir, name), past, past); err != nil {
			t.Fatal(err)
		}
	}
	s := open(t, dir)
	delete(names, partName(contentOf("old").Sum))
	if got, want := all(t, dir), slices.Sorted(maps.Keys(names)); !slices.Equal(got, want) {
		t.Errorf("files are %v, wants %v", got, want)
	}
	if got := s.parts.total(); got != 1 {
		t.Errorf("parts of %d bytes are known, wants 1", got)
	}
}

func TestPartKeepsLimits(t *testing.T) {
	s := openWith(t, t.TempDir(), Options{MaxBytes: 10})
	p := openPart(t, s, "0123456789abc")
	write(t, p, "01234")
	put(t, s, "a", "1234")
	if _, err := p.Write([]byte("56")); !errors.Is(err, ErrRoom) {
		t.Errorf("Write gives %v, wants ErrRoom", err)
	}
	holdsNow(t, p, "01234")
	write(t, p, "5")
	if err := p.Discard(); err != nil {
		t.Fatal(err)
	}
}

// TestPartOutlivesItsStore has the folder closed, as after an error of the disk, while a part is open.
func TestPartOutlivesItsStore(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	p := openPart(t, s, "hello world")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	write(t, p, "hello")
	s = open(t, dir)
	if again, err := s.Part(contentOf("hello world")); again != nil || err != nil {
		t.Errorf("the part is opened twice: %v, %v", again, err)
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	p = openPart(t, s, "hello world")
	holdsNow(t, p, "hello")
	if err := p.Discard(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Part(Content{Size: 1}); err != nil {
		t.Error(err)
	}
}

// However many parts are found in a folder, no more are kept than a folder keeps.
func TestTooManyParts(t *testing.T) {
	dir := t.TempDir()
	for i := range 5 * mostParts {
		if err := os.WriteFile(filepath.Join(dir, partName([32]byte{byte(i)})), []byte("x"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	s := open(t, dir)
	p := openPart(t, s, "hello world")
	defer p.Close()
	left, err := filepath.Glob(filepath.Join(dir, ownPrefix+"*"+partSuffix))
	if err != nil || len(left) != mostParts {
		t.Errorf("%d parts are kept, %v", len(left), err)
	}
}
