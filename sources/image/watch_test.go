package image

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"framewire/pipeline"

	"github.com/fsnotify/fsnotify"
)

// noEvents is a system that tells nothing, as network file systems do; its time can be simulated.
func noEvents() (*fsnotify.Watcher, error) { return nil, errors.New("no events here") }

// watching gives an open source that finds new files only by looking.
func watching(t testing.TB, cfg Config) opened {
	t.Helper()
	cfg.Watch = true
	s := create(t, cfg, func(env *pipeline.Env) { env.Confirmed = true })
	s.notify = noEvents
	return s.start(t)
}

func put(t testing.TB, path string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// idle has the source look for photos for a while, and fails when it gives one.
func (o opened) idle(t testing.TB, d time.Duration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	f, err := o.Read(ctx)
	if err == nil {
		t.Errorf("%s is sent", f.Meta.Name)
		f.Settled(nil)
		f.Release()
	} else if !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
}

// TestWatch sends what is there and what comes, each once and when it has settled.
func TestWatch(t *testing.T) {
	dir := three(t)
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		s := watching(t, Config{Path: dir, Settle: time.Second})
		s.delivers(t, "1.jpg", "2.jpg", "3.jpg")
		if d := time.Since(start); d != time.Second {
			t.Errorf("sent after %s, want 1s", d)
		}
		s.idle(t, time.Minute)
		put(t, filepath.Join(dir, "10.jpg"), jpegOf(t, 16, 8))
		put(t, filepath.Join(dir, "9.jpg"), jpegOf(t, 8, 16))
		put(t, filepath.Join(dir, "sub", "4.jpg"), jpegOf(t, 8, 8))
		put(t, filepath.Join(dir, ".hidden.jpg"), jpegOf(t, 8, 8))
		s.delivers(t, "9.jpg", "10.jpg")
		put(t, filepath.Join(dir, "2.jpg"), jpegOf(t, 40, 40)) // another photo of the same name
		s.delivers(t, "2.jpg")
		s.idle(t, time.Minute)
		if p, ok := s.Progress(); !ok || p.Done != 6 || p.Total != 6 {
			t.Errorf("%+v, %t", p, ok)
		}
		if err := s.Account(); err != nil {
			t.Error(err)
		}
	})
}

// TestWatchAgain remembers what was delivered, also of files that were only touched.
func TestWatchAgain(t *testing.T) {
	dir := three(t)
	put(t, filepath.Join(dir, "sub", "4.jpg"), jpegOf(t, 8, 8))
	synctest.Test(t, func(t *testing.T) {
		cfg := Config{Path: dir, Recursive: true}
		s := watching(t, cfg)
		s.delivers(t, "1.jpg", "2.jpg", "3.jpg")
		s.take(t) // sub/4.jpg, of which nothing is known when it ends
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if err := s.Account(); err == nil || err.Error() != "1 of 4 photos is not confirmed: sub/4.jpg; start it again to send the rest" {
			t.Error(err)
		}
		if err := os.Chtimes(filepath.Join(dir, "2.jpg"), time.Now(), time.Now()); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(filepath.Join(dir, "3.jpg"), filepath.Join(dir, "5.jpg")); err != nil {
			t.Fatal(err)
		}
		if err := s.Open(t.Context()); err != nil {
			t.Fatal(err)
		}
		s.delivers(t, "5.jpg", "sub/4.jpg")
		s.idle(t, time.Minute)
		if err := s.Account(); err != nil {
			t.Error(err)
		}
		if p, _ := s.Progress(); p.Done != 2 || p.Total != 2 {
			t.Errorf("%+v", p)
		}
	})
}

// TestGrowing waits for a file that is being written, longer when it looks cut off.
func TestGrowing(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.jpg")
	whole := jpegOf(t, 200, 200)
	synctest.Test(t, func(t *testing.T) {
		cfg := Config{Path: dir, Settle: 2 * time.Second}
		s := watching(t, cfg)
		for n := range 30 {
			put(t, path, whole[:len(whole)*(n+1)/31])
			s.idle(t, time.Second)
		}
		put(t, path, whole)
		s.delivers(t, "a.jpg")
		put(t, path, whole[:len(whole)-2])
		seen := s.watch.next
		s.delivers(t, "a.jpg")
		if d := time.Since(seen); d != 3*cfg.Settle {
			t.Errorf("sent %s after it was seen, want 6s", d)
		}
		if !strings.Contains(s.log.String(), "a picture is not whole and is handed on as it is: file="+path) {
			t.Error(s.log)
		}
		put(t, path, []byte("no picture"))
		if _, err := s.Read(t.Context()); err != pipeline.ErrSkip {
			t.Error(err)
		}
		start := time.Now()
		if _, err := s.Read(t.Context()); err != pipeline.ErrSkip || time.Since(start) != time.Minute { // it may be readable by now
			t.Errorf("%v after %s", err, time.Since(start))
		}
		want := "1 of 3 photos is not confirmed: a.jpg (cannot be used: not a picture that is known here"
		if err := s.Account(); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		s.idle(t, time.Minute)
		if err := s.Account(); err != nil {
			t.Errorf("the file is gone: %v", err)
		}
	})
}

// TestWatchNeverGivesUp offers again what did not arrive and what was refused, with growing pauses.
func TestWatchNeverGivesUp(t *testing.T) {
	dir := write(t, map[string][]byte{"a.jpg": jpegOf(t, 8, 8)})
	synctest.Test(t, func(t *testing.T) {
		s := watching(t, Config{Path: dir})
		settle := func(err error, after time.Duration) {
			t.Helper()
			start := time.Now()
			_, settled := s.take(t)
			if d := time.Since(start); d != after {
				t.Errorf("after %s, want %s", d, after)
			}
			settled(err)
		}
		settle(errGone, 0)
		for _, after := range []int{1, 2, 4, 8, 16, 32, 60} {
			settle(errGone, time.Duration(after)*time.Second)
		}
		put(t, filepath.Join(dir, "a.jpg"), jpegOf(t, 16, 16)) // a new photo begins anew
		s.delivers(t, "a.jpg")
		put(t, filepath.Join(dir, "a.jpg"), jpegOf(t, 8, 16))
		_, settled := s.take(t)
		settled(errFull)
		for _, after := range []int{1, 2, 4, 8, 16, 32, 60} {
			settle(errFull, time.Duration(after)*time.Minute)
		}
		if n := strings.Count(s.log.String(), "refused"); n != 1 {
			t.Errorf("%d lines about a photo that is refused:\n%s", n, s.log)
		}
		settle(nil, time.Hour)
		if err := s.Account(); err != nil {
			t.Error(err)
		}
	})
}

// TestChangedUnderway sends a photo again that changed while it was on its way.
func TestChangedUnderway(t *testing.T) {
	dir := three(t)
	synctest.Test(t, func(t *testing.T) {
		s := watching(t, Config{Path: dir, Settle: time.Second})
		_, one := s.take(t)
		_, two := s.take(t)
		s.delivers(t, "3.jpg")
		put(t, filepath.Join(dir, "1.jpg"), jpegOf(t, 16, 16))
		if err := os.Remove(filepath.Join(dir, "2.jpg")); err != nil {
			t.Fatal(err)
		}
		s.idle(t, time.Minute)
		one(nil)
		two(errGone)
		s.delivers(t, "1.jpg")
		s.idle(t, time.Minute) // 2.jpg is gone when its turn comes
		if err := s.Account(); err != nil {
			t.Error(err)
		}
	})
}

// TestWatchFaults pins what is said when it cannot begin.
func TestWatchFaults(t *testing.T) {
	dir := three(t)
	file := filepath.Join(dir, "1.jpg")
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for want, cfg := range map[string]Config{
		"1.jpg is not a folder, and watch waits for what comes into one: name the folder": {Path: file},
		"does not exist: check the path": {Path: filepath.Join(dir, "x")},
		"cannot be used, name another with `journal: FILE`: it is a file of another kind": {Path: dir, Journal: file},
		"cannot be used, name another with `journal: FILE`: it is gone":                   {Path: dir, Journal: filepath.Join(dir, "x", "y")},
		"cannot be used, name another with `journal: FILE`: is a directory":               {Path: dir, Journal: dir},
	} {
		cfg.Watch = true
		if err := create(t, cfg, asIs).Open(t.Context()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q in it", err, want)
		}
	}
	if after, err := os.ReadFile(file); err != nil || string(after) != string(before) {
		t.Errorf("a photo that was named as the journal: %d bytes, were %d: %v", len(after), len(before), err)
	}
	first := watching(t, Config{Path: dir})
	err = create(t, Config{Path: dir, Watch: true}, asIs).Open(t.Context())
	if want := "in use by another pipeline: give each its own with `journal: FILE`"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%v, want %q in it", err, want)
	}
	if want := "the system tells nothing of new files, so the folder is looked through from time to time: folder=" + dir; !strings.Contains(first.log.String(), want) {
		t.Error(first.log)
	}
}

// TestJournalIsNoPhoto is not sent, which would change it and have it sent again, where all files are.
func TestJournalIsNoPhoto(t *testing.T) {
	dir := three(t)
	put(t, filepath.Join(dir, "sub", "notes.new"), []byte("x"))
	synctest.Test(t, func(t *testing.T) {
		s := watching(t, Config{Path: dir, Original: true, Recursive: true, Journal: filepath.Join(dir, "sub", "notes")})
		s.watch.event(fsnotify.Event{Name: filepath.Join(dir, "sub", "notes"), Op: fsnotify.Write}, time.Now())
		s.delivers(t, "1.jpg", "2.jpg", "3.jpg")
		s.idle(t, time.Minute)
	})
	if got := inside(dir, filepath.Join(t.TempDir(), "notes")); got != "" {
		t.Errorf("a journal elsewhere: %s", got)
	}
}

// TestFolderComesAndGoes as a stick does that is pulled out.
func TestFolderComesAndGoes(t *testing.T) {
	dir, away := three(t), filepath.Join(t.TempDir(), "away")
	journal := filepath.Join(t.TempDir(), "journal")
	synctest.Test(t, func(t *testing.T) {
		s := watching(t, Config{Path: dir, Journal: journal})
		s.delivers(t, "1.jpg")
		s.idle(t, 0)
		if err := os.Rename(dir, away); err != nil {
			t.Fatal(err)
		}
		s.idle(t, time.Minute)
		if n := strings.Count(s.log.String(), "a folder cannot be read and is tried again: folder="+dir); n > 1 {
			t.Errorf("%d lines:\n%s", n, s.log)
		}
		if err := os.Rename(away, dir); err != nil {
			t.Fatal(err)
		}
		s.delivers(t, "2.jpg", "3.jpg")
		s.idle(t, time.Minute)
	})
}

// TestEvents needs no look through the folder, which comes an hour later here.
func TestEvents(t *testing.T) {
	dir := t.TempDir()
	s := create(t, Config{Path: dir, Recursive: true, Watch: true, Settle: time.Millisecond}, func(env *pipeline.Env) { env.Confirmed = true }).start(t)
	later := func() { s.watch.next = time.Now().Add(time.Hour) }
	later()
	for i := range 3 {
		put(t, filepath.Join(dir, fmt.Sprint(i, ".jpg")), jpegOf(t, 8, 8+i))
		s.delivers(t, fmt.Sprint(i, ".jpg"))
	}
	put(t, filepath.Join(dir, "sub", "deep", "a.jpg"), jpegOf(t, 8, 8)) // the folder's own event has it looked through
	s.delivers(t, "sub/deep/a.jpg")
	later()
	put(t, filepath.Join(dir, "sub", "deep", "b.jpg"), jpegOf(t, 8, 9))
	s.delivers(t, "sub/deep/b.jpg")
	put(t, filepath.Join(dir, "sub", "deep", "b.jpg"), jpegOf(t, 8, 16))
	s.delivers(t, "sub/deep/b.jpg")
}

// TestRenamedIntoPlace is sent at once: who writes under another name first knows when it is whole.
func TestRenamedIntoPlace(t *testing.T) {
	dir := t.TempDir()
	s := create(t, Config{Path: dir, Watch: true, Settle: time.Hour}, func(env *pipeline.Env) { env.Confirmed = true }).start(t)
	for i, temp := range []string{".a.jpg.Xy7", "b.jpg.part"} {
		from := filepath.Join(dir, temp)
		file, err := os.Create(from)
		if err != nil {
			t.Fatal(err)
		}
		for e := range s.watch.events {
			s.watch.event(e, time.Now())
			if e.Name == from {
				break
			}
		}
		if _, err := file.Write(jpegOf(t, 8, 8+i)); err != nil {
			t.Fatal(err)
		}
		if err := file.Close(); err != nil {
			t.Fatal(err)
		}
		name := fmt.Sprint(i, ".jpg")
		if err := os.Rename(from, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
		s.delivers(t, name)
	}
}

// TestLostEvents has the folder looked through when the kernel's queue was too short.
func TestLostEvents(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s := watching(t, Config{Path: dir})
		lost := make(chan error, 1)
		s.watch.errors = lost
		put(t, filepath.Join(dir, "a.jpg"), jpegOf(t, 8, 8))
		start := time.Now()
		time.AfterFunc(time.Second, func() { lost <- fsnotify.ErrEventOverflow })
		s.delivers(t, "a.jpg")
		if d := time.Since(start); d != time.Second {
			t.Errorf("after %s, want 1s", d)
		}
	})
}
