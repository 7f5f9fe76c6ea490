package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"framewire/pipeline/filesystem"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func open(t *testing.T, dir string) *Store {
	t.Helper()
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func put(t *testing.T, s *Store, name, data string) string {
	t.Helper()
	path, err := s.Put(name, []byte(data))
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(path)
	if err != nil || string(got) != data {
		t.Fatalf("%s holds %q (%v), wants %q", path, got, err, data)
	}
	return path
}

// all lists every file below a folder.
func all(t *testing.T, dir string) (list []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			rel, _ := filepath.Rel(dir, path)
			list = append(list, filepath.ToSlash(rel))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(list)
	return list
}

func TestPut(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "made", "here")
	s := open(t, dir)
	put(t, s, "a.jpg", "one")
	if got := put(t, s, "a.jpg", "two"); got != filepath.Join(dir, "a-1.jpg") {
		t.Errorf("another picture of the name is %s", got)
	}
	if got := put(t, s, "a.jpg", "two"); got != filepath.Join(dir, "a-1.jpg") {
		t.Errorf("a picture that is there already is %s", got)
	}
	put(t, s, "sub/b.jpg", "three")
	put(t, s, "empty", "")
	put(t, s, "empty", "")
	if got := all(t, dir); !slices.Equal(got, []string{"a-1.jpg", "a.jpg", "empty", "sub/b.jpg"}) {
		t.Errorf("files are %v", got)
	}
}

func TestNothingLeavesTheFolder(t *testing.T) {
	base := t.TempDir()
	dir := filepath.Join(base, "in")
	s := open(t, dir)
	victim := filepath.Join(base, "victim")
	if err := os.WriteFile(victim, []byte("safe"), 0o644); err != nil {
		t.Fatal(err)
	}
	for link, to := range map[string]string{"out": base, "file.jpg": victim, "dangling.jpg": filepath.Join(base, "new")} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Skip(err)
		}
	}
	for _, name := range []string{"../x.jpg", "/x.jpg", "out/x.jpg", "out/../x.jpg", "sub/../../x.jpg"} {
		if path, err := s.Put(name, []byte("evil")); err == nil && !strings.HasPrefix(path, dir+string(filepath.Separator)) {
			t.Errorf("%s went to %s", name, path)
		}
	}
	put(t, s, "file.jpg", "photo")
	put(t, s, "dangling.jpg", "photo")
	if got, err := os.ReadFile(victim); err != nil || string(got) != "safe" {
		t.Errorf("the file outside holds %q now (%v)", got, err)
	}
	entries, err := os.ReadDir(base)
	if err != nil || len(entries) != 2 {
		t.Errorf("beside the folder are %v (%v), wants the folder and one file", entries, err)
	}
}

func TestCrashLeftovers(t *testing.T) {
	dir := t.TempDir()
	old, young, photo := ownPrefix+"old"+tempSuffix, ownPrefix+"young"+tempSuffix, "photo.tmp"
	for _, name := range []string{old, young, photo} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	past := time.Now().Add(-2 * stale)
	for _, name := range []string{old, photo} {
		if err := os.Chtimes(filepath.Join(dir, name), past, past); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{photo}
	if !filesystem.LocksHold {
		want = []string{young, photo}
	}
	s := open(t, dir)
	if got := all(t, dir); !slices.Equal(got, want) {
		t.Errorf("files are %v, wants %v", got, want)
	}
	file, writing, err := s.writeTemp([]byte("being written"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	open(t, dir)
	if got := all(t, dir); !slices.Contains(got, writing) {
		t.Errorf("files are %v: one that is being written is gone", got)
	}
}

// TestTwoStores has two writers race for the same names: each picture of each must be there.
func TestTwoStores(t *testing.T) {
	dir := t.TempDir()
	var wg sync.WaitGroup
	for _, who := range []string{"a", "b"} {
		s := open(t, dir)
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
	files := all(t, dir)
	for _, name := range files {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		seen[string(data)] = true
	}
	if len(seen) != 40 || len(files) != 40 {
		t.Errorf("%d files with %d pictures, wants 40 of each", len(files), len(seen))
	}
}

// TestManyOfOneName puts more files of one name than are looked at. Each is there once, and the
// store that comes after goes on behind them.
func TestManyOfOneName(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	const n = searched + 30
	content := func(i int) string { return fmt.Sprintf("picture %*d", i, i) }
	for range 2 {
		for i := range n {
			put(t, s, "a.jpg", content(i))
		}
	}
	if got := all(t, dir); len(got) != n {
		t.Fatalf("%d files, wants %d", len(got), n)
	}
	s = open(t, dir)
	if got, want := put(t, s, "a.jpg", content(searched-1)), fmt.Sprintf("a-%d.jpg", searched-1); filepath.Base(got) != want {
		t.Errorf("a picture among the first is %s after a restart, wants %s", got, want)
	}
	if got, want := put(t, s, "a.jpg", "picture new"), fmt.Sprintf("a-%d.jpg", n); filepath.Base(got) != want {
		t.Errorf("another picture is %s after a restart, wants %s", got, want)
	}
	if err := os.Remove(filepath.Join(dir, "a-20.jpg")); err != nil {
		t.Fatal(err)
	}
	s = open(t, dir)
	put(t, s, "a.jpg", "picture one more")
	if got := all(t, dir); len(got) != n+1 {
		t.Errorf("%d files, wants %d", len(got), n+1)
	}
}

func TestFileThatWasPutIsGone(t *testing.T) {
	s := open(t, t.TempDir())
	path := put(t, s, "a.jpg", "one")
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	put(t, s, "a.jpg", "one")
	if err := os.WriteFile(path, []byte("two"), 0o644); err != nil {
		t.Fatal(err)
	}
	if got := put(t, s, "a.jpg", "one"); filepath.Base(got) != "a-1.jpg" {
		t.Errorf("where the file has changed the picture is %s", got)
	}
}

func TestMemoryIsBounded(t *testing.T) {
	m := newMemory()
	for i := range 3 * remembered {
		name := fmt.Sprint(i)
		m.keep(content{name: name}, searched)
		m.keepFolder(name)
		m.keepSum(name, sumOf{})
		if n := max(len(m.put), len(m.next), len(m.folders), len(m.sums)); n > remembered {
			t.Fatalf("%d things of one kind are remembered", n)
		}
	}
}

func TestPutIsCancelled(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.PutContext(ctx, "a.jpg", []byte("x")); !errors.Is(err, context.Canceled) {
		t.Errorf("PutContext gives %v", err)
	}
	if got := all(t, dir); len(got) != 0 {
		t.Errorf("files are %v, wants none", got)
	}
}

// TestNamesAtFault tells names that cannot be used from a disk that cannot.
func TestNamesAtFault(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	put(t, s, "file", "x")
	if err := os.Symlink(t.TempDir(), filepath.Join(dir, "out")); err != nil {
		t.Skip(err)
	}
	for _, name := range []string{
		strings.Repeat("x", 300), strings.Repeat("x", 300) + "/y", "file/y", "out/y", "../y", "/y", "nul\x00.jpg",
	} {
		if _, err := s.Put(name, []byte("data")); !errors.Is(err, ErrName) || strings.Contains(err.Error(), ownPrefix) {
			t.Errorf("%.20q gives %v, wants ErrName", name, err)
		}
	}
	if got := all(t, dir); !slices.Equal(got, []string{"file", "out"}) {
		t.Errorf("files are %v", got)
	}
	for _, disk := range []error{syscall.ENOSPC, syscall.EIO, syscall.EROFS, syscall.EACCES, syscall.EPERM, syscall.ENOENT} {
		if err := blame(&os.LinkError{Op: "linkat", Old: "a", New: "b", Err: disk}); !errors.Is(err, disk) || errors.Is(err, ErrName) {
			t.Errorf("%v becomes %v", disk, err)
		}
	}
}

// TestFolderThatCannotBeUsed says so when it is opened, and what to do.
func TestFolderThatCannotBeUsed(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, folder := range []string{file, filepath.Join(file, "inside")} {
		if _, err := Open(folder); err == nil || err.Error() != folder+" cannot be a folder, as a file is in its way: name another" {
			t.Errorf("Open gives %v", err)
		}
	}
	if os.Geteuid() <= 0 {
		return // root may write everywhere, and on Windows modes mean something else
	}
	if err := os.Chmod(dir, 0o500); err != nil {
		t.Fatal(err)
	}
	defer os.Chmod(dir, 0o700)
	if _, err := Open(dir); err == nil || err.Error() != "this user may not write into folder "+dir+": change its permissions or name another" {
		t.Errorf("Open gives %v", err)
	}
}

func TestErrorsNameThePath(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	put(t, s, "file", "x")
	_, err := s.Put("file/under.jpg", []byte("y"))
	if err == nil || !strings.Contains(err.Error(), filepath.Join(dir, "file")) || strings.Contains(err.Error(), ownPrefix) {
		t.Errorf("Put below a file gives %v", err)
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Put("gone.jpg", []byte("z")); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "gone.jpg") {
		t.Errorf("Put into a folder that is gone gives %v", err)
	}
}
