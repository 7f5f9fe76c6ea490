package shelf

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"framewire/sinks/file/internal/disk"
	"framewire/sinks/file/recordindex"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var noon = time.Date(2024, 5, 6, 12, 0, 0, 0, time.UTC)

// fakeDisk is the real one with a free space of its choice, and files that cannot be removed.
type fakeDisk struct {
	disk.OS
	free   int64  // below zero: not known
	sticky string // part of the path of files that cannot be removed
}

func (d *fakeDisk) Free(string) (int64, error) {
	if d.free < 0 {
		return 0, errors.ErrUnsupported
	}
	return d.free, nil
}

func (d *fakeDisk) Remove(path string) error {
	if d.sticky != "" && strings.Contains(path, d.sticky) {
		return &fs.PathError{Op: "remove", Path: path, Err: syscall.EROFS}
	}
	return d.OS.Remove(path)
}

// stock makes a shelf with n recordings of 100 bytes, one an hour, in folders by date.
func stock(t *testing.T, d disk.Disk, n int) (*Shelf, Names) {
	t.Helper()
	names := NewNames(filepath.Join(t.TempDir(), "{date}", "{time}.mkv"), "cam")
	s := New(d, names)
	if err := s.Load(); err != nil {
		t.Fatal(err)
	}
	for i := range n {
		add(t, s, noon.Add(time.Duration(i)*time.Hour))
	}
	return s, names
}

func add(t *testing.T, s *Shelf, when time.Time) {
	t.Helper()
	path := s.Names().Path(when, 0)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, make([]byte, 100), 0o644); err != nil {
		t.Fatal(err)
	}
	e := recordindex.Entry{File: filepath.Base(path), Began: when, Seconds: 3600, Frames: 7, Bytes: 100, Format: "jpeg", Width: 64, Height: 48}
	if err := s.Add(filepath.Dir(path), e); err != nil {
		t.Fatal(err)
	}
}

// files lists what is below a folder, folders with a slash behind.
func files(t *testing.T, dir string) (list []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		rel, _ := filepath.Rel(dir, path)
		if err == nil && rel != "." {
			if e.IsDir() {
				rel += "/"
			}
			list = append(list, filepath.ToSlash(rel))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func trim(t *testing.T, s *Shelf, k Keep, now time.Time, open int64) int {
	t.Helper()
	done, err := s.Trim(k, now, open)
	if err != nil {
		t.Fatal(err)
	}
	return done.Files
}

func TestTrim(t *testing.T) {
	now := noon.Add(10 * time.Hour)
	for _, c := range []struct {
		name string
		keep Keep
		free int64
		open int64
		want int // removed of ten
	}{
		{"no limit", Keep{}, 0, 0, 0},
		{"all within", Keep{Age: 24 * time.Hour, Bytes: 1000, Free: 50}, 50, 0, 0},
		{"age", Keep{Age: 4 * time.Hour}, 0, 0, 5}, // the fifth ended five hours ago, the sixth four
		{"bytes", Keep{Bytes: 720}, 0, 0, 3},
		{"bytes with the open one", Keep{Bytes: 720}, 0, 100, 4},
		{"free", Keep{Free: 500}, 250, 0, 3},
		{"whichever wants most", Keep{Age: 4 * time.Hour, Bytes: 300, Free: 1}, 0, 0, 7},
		{"more than there is", Keep{Free: 1 << 40}, 0, 0, 10},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := &fakeDisk{free: c.free}
			s, names := stock(t, d, 10)
			if got := trim(t, s, c.keep, now, c.open); got != c.want {
				t.Errorf("%d recordings are removed, wants %d", got, c.want)
			}
			if got := s.Bytes(); got != int64(1000-100*c.want) {
				t.Errorf("%d bytes are left", got)
			}
			for i := range 10 {
				_, err := os.Lstat(names.Path(noon.Add(time.Duration(i)*time.Hour), 0))
				if gone := errors.Is(err, fs.ErrNotExist); gone != (i < c.want) {
					t.Errorf("recording %d: %v", i, err)
				}
			}
			again := New(d, names)
			if err := again.Load(); err != nil || again.Bytes() != s.Bytes() {
				t.Errorf("the indexes list %d bytes (%v), wants %d", again.Bytes(), err, s.Bytes())
			}
		})
	}
}

// TestTrimLeavesOthersAlone has files beside the recordings, and recordings that no index lists.
func TestTrimLeavesOthersAlone(t *testing.T) {
	d := &fakeDisk{}
	_, names := stock(t, d, 2)
	dir := filepath.Dir(names.Path(noon, 0))
	for _, name := range []string{"holiday.mkv", "11-00-00.mkv", "11-30-00.mkv.part", "12-00-00.avi"} {
		if err := os.WriteFile(filepath.Join(dir, name), make([]byte, 100), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	other := `{"file":"holiday.mkv","began":"2001-01-01T00:00:00Z","seconds":1,"bytes":100}` + "\n"
	evil := `{"file":"../../x/12-00-00.mkv","began":"2001-01-01T00:00:00Z","seconds":1,"bytes":100}` + "\n"
	if err := d.Append(filepath.Join(dir, recordindex.Name), []byte(other+evil)); err != nil {
		t.Fatal(err)
	}
	s := New(d, names)
	if err := s.Load(); err != nil {
		t.Fatal(err)
	}
	if got := trim(t, s, Keep{Free: 1 << 40}, noon, 0); got != 2 {
		t.Errorf("%d recordings are removed, wants 2", got)
	}
	want := []string{"11-00-00.mkv", "11-30-00.mkv.part", "12-00-00.avi", "holiday.mkv", "index.jsonl"}
	if got := files(t, dir); !slices.Equal(got, want) {
		t.Errorf("left are %v, wants %v", got, want)
	}
	if data, _ := os.ReadFile(filepath.Join(dir, recordindex.Name)); string(data) != other {
		t.Errorf("the index is\n%swants\n%s", data, other)
	}
}

func TestEmptyFoldersGo(t *testing.T) {
	base := t.TempDir()
	names := NewNames(filepath.Join(base, "rec", "{name}", "{date}", "day", "{time}.mkv"), "cam")
	s := New(&fakeDisk{}, names)
	if err := os.Mkdir(names.Base(), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := s.Load(); err != nil {
		t.Fatal(err)
	}
	add(t, s, noon)
	add(t, s, noon.Add(48*time.Hour))
	first := filepath.Dir(filepath.Dir(names.Path(noon, 0)))
	if got := trim(t, s, Keep{Bytes: 100}, noon, 0); got != 1 {
		t.Fatalf("%d recordings are removed", got)
	}
	if _, err := os.Stat(first); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the folder of the first day is there: %v", err)
	}
	if got := trim(t, s, Keep{Bytes: 1}, noon, 0); got != 1 {
		t.Fatalf("%d recordings are removed", got)
	}
	if got := files(t, base); !slices.Equal(got, []string{"rec/"}) {
		t.Errorf("left are %v, wants the folder without placeholders", got)
	}
}

// TestTrimWithoutFreeSpace keeps the other limits where the disk does not say what is free.
func TestTrimWithoutFreeSpace(t *testing.T) {
	s, _ := stock(t, &fakeDisk{free: -1}, 5)
	done, err := s.Trim(Keep{Bytes: 200, Free: 1}, noon, 0)
	if done.Files != 3 || !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("%d recordings are removed, %v", done.Files, err)
	}
}

func TestTrimSaysWhatFails(t *testing.T) {
	d := &fakeDisk{}
	s, names := stock(t, d, 3)
	d.sticky = filepath.Base(names.Path(noon.Add(time.Hour), 0))
	done, err := s.Trim(Keep{Bytes: 1}, noon, 0)
	if done.Files != 1 || !errors.Is(err, syscall.EROFS) || !strings.Contains(err.Error(), d.sticky) {
		t.Errorf("Trim gives %+v, %v", done, err)
	}
	d.sticky = ""
	if got := trim(t, s, Keep{Bytes: 1}, noon, 0); got != 2 {
		t.Errorf("then %d are removed, wants 2", got)
	}
}

// TestOthersRemoveToo wants nothing removed where somebody has made room already.
func TestOthersRemoveToo(t *testing.T) {
	s, names := stock(t, &fakeDisk{}, 5)
	for i := 2; i < 4; i++ {
		if err := os.Remove(names.Path(noon.Add(time.Duration(i)*time.Hour), 0)); err != nil {
			t.Fatal(err)
		}
	}
	if got := trim(t, s, Keep{Bytes: 300}, noon, 0); got != 0 || s.Bytes() != 300 {
		t.Errorf("%d are removed and %d bytes left", got, s.Bytes())
	}
}

func TestNothingBeforeLoad(t *testing.T) {
	s, names := stock(t, &fakeDisk{}, 3)
	fresh := New(s.disk, names)
	if got := trim(t, fresh, Keep{Bytes: 1}, noon, 0); got != 0 {
		t.Errorf("%d are removed before anybody has looked", got)
	}
}

func TestTornIndex(t *testing.T) {
	s, names := stock(t, &fakeDisk{}, 2)
	dir := filepath.Dir(names.Path(noon, 0))
	f, err := os.OpenFile(filepath.Join(dir, recordindex.Name), os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(f, `{"file":"13-30-00.mkv","began":"2024-`)
	f.Close()
	add(t, s, noon.Add(2*time.Hour))
	listed, err := s.Listed(dir)
	if err != nil || len(listed) != 3 {
		t.Errorf("listed are %v, %v, wants three", listed, err)
	}
	if err := s.Strike(dir, filepath.Base(names.Path(noon, 0))); err != nil {
		t.Fatal(err)
	}
	if data, _ := os.ReadFile(filepath.Join(dir, recordindex.Name)); strings.Count(string(data), "\n") != 2 || strings.Contains(string(data), "13-30") {
		t.Errorf("the index is\n%s", data)
	}
}
