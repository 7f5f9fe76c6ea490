package store

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"framewire/pipeline/filesystem"
)

// withoutLinks makes the store think that its file system has no hard links and, where refuses is false, no
// rename that refuses a taken name either.
func withoutLinks(s *Store, refuses bool) *Store {
	s.link = func(string, string) error { return syscall.EPERM }
	if !refuses {
		s.rename = func(*os.Root, string, string) error { return errors.ErrUnsupported }
	}
	return s
}

func TestFileSystemWithoutLinks(t *testing.T) {
	for _, refuses := range []bool{true, false} {
		dir := t.TempDir()
		s := withoutLinks(open(t, dir), refuses)
		put(t, s, "a/b.jpg", "one")
		if got := put(t, s, "a/b.jpg", "two"); filepath.Base(got) != "b-1.jpg" {
			t.Errorf("another picture of the name is %s", got)
		}
		put(t, s, "a/b.jpg", "one")
		if got := all(t, dir); !slices.Equal(got, []string{"a/b-1.jpg", "a/b.jpg"}) {
			t.Errorf("files are %v", got)
		}
	}
}

// TestTwoStoresWithoutLinks has two writers race for the same names.
func TestTwoStoresWithoutLinks(t *testing.T) {
	for _, refuses := range []bool{true, false} {
		dir := t.TempDir()
		var wg sync.WaitGroup
		for _, who := range []string{"a", "b"} {
			s := withoutLinks(open(t, dir), refuses)
			wg.Go(func() {
				for i := range 20 {
					if _, err := s.Put("same.jpg", []byte(who+string(rune('A'+i)))); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		seen := make(map[string]bool)
		for _, name := range all(t, dir) {
			data, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil {
				t.Fatal(err)
			}
			seen[string(data)] = true
		}
		if len(seen) != 40 {
			t.Errorf("%d pictures, wants 40", len(seen))
		}
	}
}

// TestRenameThatFails leaves no empty file.
func TestRenameThatFails(t *testing.T) {
	dir := t.TempDir()
	s := withoutLinks(open(t, dir), false)
	if err := os.Mkdir(filepath.Join(dir, "taken"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := s.giveName("missing.tmp", "new.jpg"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("giveName gives %v", err)
	}
	if err := s.giveName("missing.tmp", "taken"); !errors.Is(err, fs.ErrExist) {
		t.Errorf("giveName gives %v", err)
	}
	if got := all(t, dir); len(got) != 0 {
		t.Errorf("files are %v", got)
	}
}

// TestFoldersAreFlushed wants the folder that a name was put into flushed, after its own name was.
func TestFoldersAreFlushed(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	var flushed []string
	s.flush = func(f *os.File) error {
		rel, err := filepath.Rel(dir, f.Name())
		if err != nil {
			t.Error(err)
		}
		flushed = append(flushed, filepath.ToSlash(rel))
		return filesystem.SyncFolder(f)
	}
	for _, step := range []struct {
		name, data string
		want       []string
	}{
		{"a/b/1.jpg", "1", []string{".", "a", "a/b"}},
		{"a/b/2.jpg", "2", []string{"a/b"}},
		{"a/3.jpg", "3", []string{"a"}},
		{"4.jpg", "4", []string{"."}},
		{"4.jpg", "4", nil},
	} {
		flushed = nil
		put(t, s, step.name, step.data)
		if !slices.Equal(flushed, step.want) {
			t.Errorf("%s: flushed %q, wants %q", step.name, flushed, step.want)
		}
	}
	// What somebody else put there is flushed before it counts.
	file(t, dir, "c/d.jpg", "d")
	for _, want := range [][]string{{".", "c"}, nil} {
		flushed = nil
		if there, err := s.Has(t.Context(), "c/d.jpg", contentOf("d")); !there || err != nil {
			t.Fatalf("Has gives %t, %v", there, err)
		}
		if !slices.Equal(flushed, want) {
			t.Errorf("flushed %q, wants %q", flushed, want)
		}
	}
}

// TestFolderThatCannotBeFlushed takes back what was made.
func TestFolderThatCannotBeFlushed(t *testing.T) {
	for _, bad := range []string{"a", "b", "c"} { // of the last, the file has its name already
		dir := t.TempDir()
		s := openWith(t, dir, Options{MaxFiles: 1})
		flush := func(f *os.File) error {
			if filepath.Base(f.Name()) == bad {
				return syscall.EIO
			}
			return nil
		}
		s.flush = flush
		for range 2 {
			if _, err := s.Put("a/b/c/d.jpg", []byte("x")); !errors.Is(err, syscall.EIO) || !Gone(err) {
				t.Errorf("%s: Put gives %v", bad, err)
			}
			if got := tree(t, dir); len(got) != 1 {
				t.Errorf("%s: %v stays", bad, got)
			}
		}
		s.flush = filesystem.SyncFolder
		put(t, s, "a/b/c/d.jpg", "x")
	}
}

func TestExisting(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "usb")
	if _, err := OpenWith(t.Context(), dir, Options{Existing: true}); !errors.Is(err, fs.ErrNotExist) || !Gone(err) {
		t.Errorf("OpenWith gives %v", err)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("the folder was made")
	}
}

func TestSumsAreKeptOfOldFilesOnly(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	past := time.Now().Add(-time.Hour).Truncate(time.Second)
	for name, want := range map[string]bool{"old.jpg": true, "young.jpg": false} {
		file(t, dir, name, "data")
		if want {
			if err := os.Chtimes(filepath.Join(dir, name), past, past); err != nil {
				t.Fatal(err)
			}
		}
		for range 2 {
			if there, err := s.Has(t.Context(), name, contentOf("data")); !there || err != nil {
				t.Errorf("%s: Has gives %t, %v", name, there, err)
			}
			if there, err := s.Has(t.Context(), name, contentOf("Data")); there || err != nil {
				t.Errorf("%s with other bytes: Has gives %t, %v", name, there, err)
			}
		}
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if _, kept := s.memory.sum(name, 4, info.ModTime()); kept != want {
			t.Errorf("%s: the sum is kept: %t", name, kept)
		}
	}
}

func TestHas(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	for i := range 20 {
		put(t, s, "a.jpg", string(rune('A'+i)))
	}
	if err := os.Remove(filepath.Join(dir, "a-3.jpg")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("a.jpg", filepath.Join(dir, "a-3.jpg")); err != nil {
		t.Skip(err)
	}
	file(t, dir, "turned.jpg", "A-insert-B")
	s = open(t, dir)
	insert := contentOf("AB")
	insert.Insert, insert.At = []byte("-insert-"), 1
	other := insert
	other.Insert = []byte("-Insert-")
	for _, c := range []struct {
		name string
		c    Content
		want bool
	}{
		{"a.jpg", contentOf("A"), true},
		{"a.jpg", contentOf("T"), true}, // the twentieth
		{"a.jpg", contentOf("D"), false},
		{"a.jpg", contentOf("Z"), false},
		{"b.jpg", contentOf("A"), false},
		{"a-3.jpg", contentOf("A"), false}, // a link
		{"none/a.jpg", contentOf("A"), false},
		{"turned.jpg", insert, true},
		{"turned.jpg", other, false},
		{"turned.jpg", contentOf("A-insert-B"), true},
	} {
		for range 2 {
			if got, err := s.Has(t.Context(), c.name, c.c); got != c.want || err != nil {
				t.Errorf("%s, %d bytes: Has gives %t, %v", c.name, c.c.Size, got, err)
			}
		}
	}
	if _, err := s.Has(t.Context(), "a.jpg/x", contentOf("x")); !errors.Is(err, ErrName) {
		t.Errorf("below a file Has gives %v, wants ErrName", err)
	}
}

// TestBeside has the folder asked while files are put.
func TestBeside(t *testing.T) {
	s := openWith(t, t.TempDir(), Options{MaxFiles: 1000, MaxBytes: 1 << 20})
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := range 50 {
			if _, err := s.Put("x/a.jpg", []byte{byte(i)}); err != nil {
				t.Error(err)
			}
		}
	})
	for i := range 50 {
		if _, err := s.Has(t.Context(), "x/a.jpg", contentOf(string(rune(i)))); err != nil {
			t.Error(err)
		}
		if err := s.Room(t.Context(), contentOf("x")); err != nil {
			t.Error(err)
		}
		p := openPart(t, s, "whole")
		write(t, p, "who")
		if err := p.Discard(); err != nil {
			t.Error(err)
		}
	}
	wg.Wait()
}
