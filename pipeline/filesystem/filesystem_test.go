package filesystem

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func open(t *testing.T, path string) *os.File {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func TestLock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a")
	first, second := open(t, path), open(t, path)
	if err := Lock(first); errors.Is(err, errors.ErrUnsupported) {
		t.Skip("there are no locks here")
	} else if err != nil {
		t.Fatal(err)
	}
	if err := Lock(second); !errors.Is(err, ErrHeld) {
		t.Errorf("a file that is locked gives %v", err)
	}
	first.Close()
	if err := Lock(second); err != nil {
		t.Errorf("a file that was locked gives %v", err)
	}
}

// TestLockWait has it free at once, and behind one who lets go.
func TestLockWait(t *testing.T) {
	if !LocksHold {
		t.Skip("folders cannot be locked here")
	}
	path := filepath.Join(t.TempDir(), "a")
	first, second, third := open(t, path), open(t, path), open(t, path)
	LockWait(first)
	if err := Lock(second); !errors.Is(err, ErrHeld) {
		t.Errorf("a file that was waited for gives %v", err)
	}
	var waiting sync.WaitGroup
	waiting.Go(func() { LockWait(second) })
	first.Close()
	waiting.Wait()
	if err := Lock(third); !errors.Is(err, ErrHeld) {
		t.Errorf("a file that was waited for gives %v", err)
	}
}

func TestIsFull(t *testing.T) {
	if !IsFull(&fs.PathError{Op: "write", Path: "p", Err: syscall.ENOSPC}) || IsFull(syscall.EIO) || IsFull(nil) {
		t.Error("a full disk is not told from others")
	}
}

func TestMakeFolder(t *testing.T) {
	dir := t.TempDir()
	deep := filepath.Join(dir, "a", "b", "c")
	for range 2 {
		if err := MakeFolder(deep); err != nil {
			t.Fatal(err)
		}
	}
	if info, err := os.Stat(deep); err != nil || !info.IsDir() {
		t.Errorf("the folder: %v", err)
	}
	file := filepath.Join(dir, "file")
	open(t, file)
	for _, path := range []string{file, filepath.Join(file, "sub"), filepath.Join(file, "sub", "sub")} {
		var at *fs.PathError
		if err := MakeFolder(path); !errors.Is(err, syscall.ENOTDIR) || !errors.As(err, &at) || at.Path != file {
			t.Errorf("%s gives %v", path, err)
		}
	}
	t.Chdir(dir)
	if err := MakeFolder(filepath.Join("relative", "folder")); err != nil {
		t.Error(err)
	}
	if info, err := os.Stat(filepath.Join(dir, "relative", "folder")); err != nil || !info.IsDir() {
		t.Errorf("the folder: %v", err)
	}
}

// TestFolderThatCannotBeFlushed has one of a file system that flushes none, as those shared with a virtual machine.
func TestFolderThatCannotBeFlushed(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("there is no such folder at hand")
	}
	if err := SyncPath("/proc"); err != nil {
		t.Error(err)
	}
	if err := SyncPath(filepath.Join(t.TempDir(), "missing")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing folder gives %v", err)
	}
}

func TestRenameNew(t *testing.T) {
	dir := t.TempDir()
	open(t, filepath.Join(dir, "a"))
	open(t, filepath.Join(dir, "taken"))
	folder, err := os.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer folder.Close()
	err = RenameNew(folder, "a", folder, "taken")
	if errors.Is(err, errors.ErrUnsupported) {
		t.Skip("the file system cannot promise it")
	}
	if !errors.Is(err, fs.ErrExist) {
		t.Errorf("a taken name gives %v", err)
	}
	if err := RenameNew(folder, "a", folder, "b"); err != nil {
		t.Error(err)
	}
	if _, err := os.Lstat(filepath.Join(dir, "b")); err != nil {
		t.Error(err)
	}
}

func TestFree(t *testing.T) {
	n, err := Free(t.TempDir())
	if KnowsFree && (err != nil || n <= 0) || !KnowsFree && !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("%d bytes are free, %v", n, err)
	}
}

// TestFreeIsNotTold has a file system that has no blocks at all: that is no full disk.
func TestFreeIsNotTold(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("there is no such file system at hand")
	}
	if n, err := Free("/proc"); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("%d bytes are free, %v", n, err)
	}
}
