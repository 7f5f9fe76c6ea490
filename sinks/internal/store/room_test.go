package store

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"framewire/pipeline/filesystem"
)

func openWith(t *testing.T, dir string, opts Options) *Store {
	t.Helper()
	s, err := OpenWith(t.Context(), dir, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func contentOf(data string) Content {
	return Content{Size: int64(len(data)), Sum: sha256.Sum256([]byte(data))}
}

// file puts a file there that is not the store's work.
func file(t *testing.T, dir, name, data string) {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(data), 0o644); err != nil {
		t.Fatal(err)
	}
}

// refused wants no room for a file, beforehand and in Put, and nothing left of it.
func refused(t *testing.T, s *Store, name, data, words string) {
	t.Helper()
	before := tree(t, s.dir)
	if err := s.Room(t.Context(), contentOf(data)); !errors.Is(err, ErrRoom) || !strings.Contains(err.Error(), words) {
		t.Errorf("Room gives %v, wants %q", err, words)
	}
	if _, err := s.Put(name, []byte(data)); !errors.Is(err, ErrRoom) || !strings.Contains(err.Error(), words) {
		t.Errorf("Put gives %v, wants %q", err, words)
	}
	if got := tree(t, s.dir); !slices.Equal(got, before) {
		t.Errorf("%v stays of what was %v", got, before)
	}
}

// tree lists every file and folder below one.
func tree(t *testing.T, dir string) []string {
	t.Helper()
	var list []string
	err := filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		list = append(list, path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestMaxFiles(t *testing.T) {
	dir := t.TempDir()
	file(t, dir, "before/a/old.txt", "x")
	s := openWith(t, dir, Options{MaxFiles: 3})
	put(t, s, "one.jpg", "1")
	put(t, s, "new/two.jpg", "2")
	refused(t, s, "fresh/three.jpg", "3", filepath.Base(dir)+" holds 3 files, and max_files is 3")
	put(t, s, "one.jpg", "1") // is there
}

func TestMaxBytes(t *testing.T) {
	dir := t.TempDir()
	file(t, dir, "old", strings.Repeat("x", 4000))
	s := openWith(t, dir, Options{MaxBytes: 10_000})
	put(t, s, "a.jpg", strings.Repeat("a", 3000))
	refused(t, s, "b.jpg", strings.Repeat("b", 3001), "holds 7.0 kB, and max_bytes is 10.0 kB")
	put(t, s, "c.jpg", strings.Repeat("c", 3000))
	refused(t, s, "d.jpg", "d", "holds 10.0 kB")
}

func TestMinFree(t *testing.T) {
	if !filesystem.KnowsFree {
		t.Skip("free space is not known here")
	}
	dir := t.TempDir()
	free, err := filesystem.Free(dir)
	if err != nil {
		t.Fatal(err)
	}
	s := openWith(t, dir, Options{MinFree: free + 1<<40})
	refused(t, s, "a.jpg", "x", "and min_free is")
	s = openWith(t, dir, Options{MinFree: 1})
	put(t, s, "a.jpg", "x")
}

// TestRoomThatSomebodyMakes has files of others come and go.
func TestRoomThatSomebodyMakes(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s := openWith(t, dir, Options{MaxFiles: 2})
		put(t, s, "a.jpg", "a")
		put(t, s, "b.jpg", "b")
		if err := os.Remove(filepath.Join(dir, "a.jpg")); err != nil {
			t.Fatal(err)
		}
		refused(t, s, "c.jpg", "c", "max_files") // not counted again already
		time.Sleep(2 * time.Second)
		put(t, s, "c.jpg", "c")

		if err := os.Remove(filepath.Join(dir, "b.jpg")); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Second)
		put(t, s, "d.jpg", "d")
		if err := os.Remove(filepath.Join(dir, "d.jpg")); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Second)
		if err := s.Room(t.Context(), contentOf("e")); err != nil {
			t.Error(err)
		}
		file(t, dir, "of/somebody", "x")
		time.Sleep(2 * time.Minute)
		refused(t, s, "e.jpg", "e", "max_files")
	})
}

// TestPartsMakeRoom has parts count, and go before a photo is refused for them.
func TestPartsMakeRoom(t *testing.T) {
	dir := t.TempDir()
	s := openWith(t, dir, Options{MaxBytes: 1000})
	for i, n := range []int{300, 200} {
		p := openPart(t, s, fmt.Sprint(i, strings.Repeat("x", 899)))
		write(t, p, strings.Repeat("x", n))
		if err := p.Close(); err != nil {
			t.Fatal(err)
		}
	}
	own := fmt.Sprint(1, strings.Repeat("x", 899))
	if err := s.Room(t.Context(), contentOf(own)); err != nil { // 700 more beside its own 200, if the other goes
		t.Errorf("with a part of another in the way: %v", err)
	}
	if got := s.parts.total(); got != 200 {
		t.Errorf("parts of %d bytes are left, wants its own", got)
	}
	put(t, s, "own.jpg", own)
	if err := openPart(t, s, own).Discard(); err != nil { // as the receiver does now
		t.Fatal(err)
	}
	refused(t, s, "more.jpg", strings.Repeat("y", 101), "max_bytes")
	if got := all(t, dir); !slices.Equal(got, []string{"own.jpg"}) {
		t.Errorf("files are %v", got)
	}
}

// TestPartsStay has those stay that would not make room for a file: it is too large, there are too many, or nobody
// has waited for the answer.
func TestPartsStay(t *testing.T) {
	for name, opts := range map[string]Options{"too large": {MaxBytes: 100}, "too many": {MaxFiles: 1}, "nobody waits": {MaxBytes: 100}} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			file(t, dir, "there", "x")
			s := openWith(t, dir, opts)
			p := openPart(t, s, "whole part")
			write(t, p, "whole")
			if err := p.Close(); err != nil {
				t.Fatal(err)
			}
			if name == "nobody waits" {
				s.usage.counted = time.Time{}
				ctx, stop := context.WithCancel(t.Context())
				stop()
				if err := s.Room(ctx, contentOf("new")); !errors.Is(err, context.Canceled) {
					t.Errorf("Room gives %v", err)
				}
			} else {
				refused(t, s, "new", strings.Repeat("x", 101), "no room")
			}
			if got := s.parts.total(); got != 5 {
				t.Errorf("parts of %d bytes are left, want 5", got)
			}
		})
	}
}

// TestPartThatSomebodyRemoves is not waited for to go.
func TestPartThatSomebodyRemoves(t *testing.T) {
	dir := t.TempDir()
	s := openWith(t, dir, Options{MaxBytes: 10})
	p := openPart(t, s, "whole part")
	write(t, p, "whole")
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, partName(contentOf("whole part").Sum))); err != nil {
		t.Fatal(err)
	}
	if err := s.Room(t.Context(), contentOf("ten bytes.")); err != nil {
		t.Error(err)
	}
}

func TestAmount(t *testing.T) {
	for n, want := range map[int64]string{
		0: "0 bytes", 999: "999 bytes", 1000: "1.0 kB", 30_100_000: "30.1 MB", 2_500_000_000: "2.5 GB",
		7e12: "7.0 TB", 1 << 62: "4611.7 PB",
	} {
		if got := amount(n); got != want {
			t.Errorf("%d is %q, wants %q", n, got, want)
		}
	}
}
