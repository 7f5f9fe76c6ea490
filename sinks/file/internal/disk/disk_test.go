package disk

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func content(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestCreateAndLock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a")
	f, err := OS{}.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := (OS{}).Create(path); !errors.Is(err, fs.ErrExist) {
		t.Errorf("the name a second time gives %v", err)
	}
	if _, err := (OS{}).Open(path); !errors.Is(err, ErrLocked) || !strings.Contains(err.Error(), path) {
		t.Errorf("the open file gives %v, wants ErrLocked and the path", err)
	}
	f.Close()
	f, err = OS{}.Open(path)
	if err != nil {
		t.Fatalf("the closed file gives %v", err)
	}
	f.Close()
	if runtime.GOOS != "windows" {
		link := filepath.Join(filepath.Dir(path), "link")
		if err := os.Symlink(path, link); err != nil {
			t.Fatal(err)
		}
		if _, err := (OS{}).Open(link); err == nil {
			t.Error("a link is opened")
		}
		if _, err := (OS{}).ReadFile(link); err == nil {
			t.Error("a link is read")
		}
	}
}

// Whoever may read a folder can lock it for ever, and a recorder goes on all the same.
func TestLockThatIsNeverFree(t *testing.T) {
	dir := t.TempDir()
	hold := OS{}.Lock(dir)
	defer hold()
	done := make(chan struct{})
	go func() {
		defer close(done)
		OS{}.Lock(dir)()
	}()
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		t.Fatal("it waits for ever")
	}
}

func TestPlaceNeverOverwrites(t *testing.T) {
	dir := t.TempDir()
	part, taken, final := filepath.Join(dir, "a.part"), filepath.Join(dir, "taken"), filepath.Join(dir, "a")
	write(t, taken, "precious")
	f, err := OS{}.Create(part)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt([]byte("new"), 0); err != nil {
		t.Fatal(err)
	}
	if err := (OS{}).Place(f, taken); !errors.Is(err, fs.ErrExist) || content(t, taken) != "precious" || content(t, part) != "new" {
		t.Errorf("a taken name gives %v", err)
	}
	if err := (OS{}).Place(f, final); err != nil || content(t, final) != "new" {
		t.Errorf("a free name gives %v", err)
	}
	if _, err := os.Lstat(part); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the old name: %v", err)
	}
	if _, err := f.WriteAt([]byte("x"), 0); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("the file is not closed: %v", err)
	}
}

func TestAppend(t *testing.T) {
	path := filepath.Join(t.TempDir(), "list")
	for _, line := range []string{"one", "two"} {
		if err := (OS{}).Append(path, []byte(line)); err != nil {
			t.Fatal(err)
		}
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = io.WriteString(f, "tor")
	f.Close()
	if err := errors.Join(err, OS{}.Append(path, []byte("three"))); err != nil {
		t.Fatal(err)
	}
	if got := content(t, path); got != "one\ntwo\ntor\nthree\n" {
		t.Errorf("the list is %q", got)
	}
	if err := (OS{}).Replace(path, []byte("new\n")); err != nil || content(t, path) != "new\n" {
		t.Errorf("Replace gives %v, and the list is %q", err, content(t, path))
	}
	if _, err := os.Lstat(path + ".tmp"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the temporary file: %v", err)
	}
}

// TestRenameNew is what Place does on file systems without links.
func TestRenameNew(t *testing.T) {
	dir := t.TempDir()
	from, taken, to := filepath.Join(dir, "from"), filepath.Join(dir, "taken"), filepath.Join(dir, "to")
	write(t, from, "new")
	write(t, taken, "old")
	err := renameNew(from, taken)
	if errors.Is(err, errors.ErrUnsupported) {
		t.Skip("the file system cannot promise it")
	}
	if !errors.Is(err, fs.ErrExist) || content(t, taken) != "old" {
		t.Errorf("a taken name gives %v, and the file holds %q", err, content(t, taken))
	}
	if err := renameNew(from, to); err != nil || content(t, to) != "new" {
		t.Errorf("a free name gives %v", err)
	}
}

func TestProbe(t *testing.T) {
	dir := t.TempDir()
	if err := Probe(OS{}, filepath.Join(dir, "a", "b")); err != nil {
		t.Fatal(err)
	}
	if entries, err := os.ReadDir(filepath.Join(dir, "a", "b")); err != nil || len(entries) != 0 {
		t.Errorf("the folder holds %v, %v", entries, err)
	}
	write(t, filepath.Join(dir, "file"), "")
	want := fs.PathError{Op: "mkdir", Path: filepath.Join(dir, "file"), Err: syscall.ENOTDIR}
	if err := Probe(OS{}, filepath.Join(dir, "file", "sub")); err == nil || err.Error() != want.Error() || !IsFault(err) {
		t.Errorf("below a file it gives %v, want %v", err, &want)
	}
}

func TestFaults(t *testing.T) {
	for err, fault := range map[error]bool{
		syscall.ENOSPC: true, syscall.EIO: true, syscall.EROFS: true, syscall.ENOENT: true, ErrGone: true, fs.ErrNotExist: true,
		errors.New("a frame does not fit"): false, io.ErrUnexpectedEOF: false, fs.ErrClosed: false,
	} {
		wrapped := errors.Join(&fs.PathError{Op: "write", Path: "p", Err: err})
		if got := IsFault(wrapped); got != fault {
			t.Errorf("%v is a fault: %v", err, got)
		}
		if got := Cause(wrapped); got != err {
			t.Errorf("the cause of %v is %v", err, got)
		}
	}
	if !IsFull(&fs.PathError{Err: syscall.ENOSPC}) || IsFull(syscall.EIO) {
		t.Error("a full disk is not told from a broken one")
	}
}

func TestFree(t *testing.T) {
	n, err := OS{}.Free(t.TempDir())
	if err != nil && !errors.Is(err, errors.ErrUnsupported) || err == nil && n <= 0 {
		t.Errorf("%d bytes are free, %v", n, err)
	}
}

// Whoever may write to the folder may put links into it: what they lead to is not touched.
func TestPlantedLinks(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("links need a right there")
	}
	dir, precious := t.TempDir(), filepath.Join(t.TempDir(), "precious")
	list := filepath.Join(dir, "list")
	write(t, precious, "precious")
	for _, link := range []string{list, list + ".tmp"} {
		if err := os.Symlink(precious, link); err != nil {
			t.Fatal(err)
		}
	}
	if err := (OS{}).Append(list, []byte("line")); err == nil || !strings.Contains(err.Error(), "it is no plain file") {
		t.Errorf("a link is appended to: %v", err)
	}
	if err := (OS{}).Replace(list, []byte("new")); err != nil || content(t, list) != "new" {
		t.Errorf("the list holds %q, %v", content(t, list), err)
	}
	if got := content(t, precious); got != "precious" {
		t.Errorf("a file elsewhere holds %q", got)
	}
}
