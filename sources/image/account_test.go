package image

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"framewire/pipeline"
)

var (
	errFull = fmt.Errorf("%w: the disk is full", pipeline.ErrSkip)
	errGone = errors.New("the line is cut")
)

// three gives a folder with three photos.
func three(t testing.TB) string {
	data := jpegOf(t, 8, 8)
	return write(t, map[string][]byte{"1.jpg": data, "2.jpg": data, "3.jpg": data})
}

// TestConfirmed waits at the end until the last photo is settled, and tells each and all.
func TestConfirmed(t *testing.T) {
	dir := three(t)
	size := len(jpegOf(t, 8, 8))
	synctest.Test(t, func(t *testing.T) {
		s := confirmed(t, Config{Path: dir})
		var settle []func(error)
		for range 3 {
			f := s.read(t)
			if !f.Confirm {
				t.Error("the frame does not ask to be confirmed")
			}
			settle = append(settle, f.Settled)
			f.Release()
		}
		ended := make(chan error, 1)
		go func() {
			_, err := s.Read(t.Context())
			ended <- err
		}()
		settle[1](nil)
		settle[0](nil)
		synctest.Wait()
		if p, ok := s.Progress(); !ok || p != (pipeline.Progress{Unit: "photos", Done: 2, Total: 3, Bytes: int64(2 * size), TotalBytes: int64(3 * size)}) {
			t.Errorf("%+v, %t", p, ok)
		}
		if len(ended) != 0 {
			t.Fatalf("the end, and one photo is not settled: %v", <-ended)
		}
		settle[2](nil)
		if err := <-ended; !errors.Is(err, pipeline.ErrEnd) {
			t.Error(err)
		}
		if err := s.Account(); err != nil {
			t.Error(err)
		}
		want := ""
		for i, name := range []string{"2.jpg", "1.jpg", "3.jpg"} {
			want += fmt.Sprintf("[INFO]  photo is confirmed: photo=%s bytes=%d done=\"%d of 3\"\n", name, size, i+1)
		}
		want += fmt.Sprintf("[INFO]  all photos are confirmed: photos=3 bytes=%d\n", 3*size)
		if s.log.String() != want {
			t.Errorf("%swant\n%s", s.log, want)
		}
	})
}

// TestBar has no line for each photo where the user sees a bar.
func TestBar(t *testing.T) {
	s := create(t, Config{Path: three(t)}, func(env *pipeline.Env) { env.Confirmed, env.Bar = true, true }).start(t)
	s.delivers(t, "1.jpg", "2.jpg", "3.jpg")
	if s.log.Len() != 0 {
		t.Error(s.log)
	}
}

// TestAccount pins what is said at the end of what was not delivered.
func TestAccount(t *testing.T) {
	data := jpegOf(t, 8, 8)
	files := map[string][]byte{"a b.jpg": data, "c.jpg": data, "d.jpg": data, "e.jpg": nil, "sub/f.jpg": data}
	names := []string{"a b.jpg (refused: the disk is full)", "d.jpg", "e.jpg (cannot be used: the file is empty)", "sub/f.jpg"}
	if runtime.GOOS != "windows" {
		files["sub/\x1B[31mü.jpg"] = data
		names = slices.Insert(names, 3, `sub/\x1b[31mü.jpg`)
	}
	s := confirmed(t, Config{Path: write(t, files), Recursive: true})
	_, settled := s.take(t)
	settled(errFull)
	s.delivers(t, "c.jpg")
	s.take(t) // nobody says what became of it
	if _, err := s.Read(t.Context()); err != pipeline.ErrSkip {
		t.Error(err)
	}
	want := fmt.Sprintf("%d of %d photos are not confirmed: %s; start it again to send the rest", len(files)-1, len(files), strings.Join(names, ", "))
	if err := s.Account(); err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
	if n := strings.Count(s.log.String(), `[WARN]  a photo is refused: photo="a b.jpg" cause="the disk is full"`+"\n"); n != 1 {
		t.Errorf("%d lines: %s", n, s.log)
	}
	if p, _ := s.Progress(); p.Done != 1 || p.Refused != 1 || p.Total != len(files) {
		t.Errorf("%+v", p)
	}
}

// TestAccountIsShort names ten.
func TestAccountIsShort(t *testing.T) {
	files := make(map[string][]byte)
	for i := range 12 {
		files[fmt.Sprintf("%d.jpg", i)] = []byte("no picture")
	}
	files["11.jpg"] = jpegOf(t, 8, 8)
	s := confirmed(t, Config{Path: write(t, files)})
	want := "12 of 12 photos are not confirmed: 0.jpg, 1.jpg, 2.jpg, 3.jpg, 4.jpg, 5.jpg, 6.jpg, 7.jpg, 8.jpg, 9.jpg and 2 more; start it again to send the rest"
	if err := s.Account(); err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
	if got := cut(strings.Repeat("ü", 150)); got != strings.Repeat("ü", 100)+"…" {
		t.Error(got)
	}
	if got := cut("x" + strings.Repeat("ü", 150)); got != "x"+strings.Repeat("ü", 99)+"…" {
		t.Error(got)
	}
}

// TestNotConfirmed is not held to account.
func TestNotConfirmed(t *testing.T) {
	s := open(t, Config{Path: three(t)})
	f := s.read(t)
	defer f.Release()
	if f.Confirm || f.Settled != nil {
		t.Error("the frame asks to be confirmed")
	}
	if err := s.Account(); err != nil {
		t.Error(err)
	}
	if p, ok := s.Progress(); !ok || p.Done != 1 || p.Total != 3 {
		t.Errorf("%+v, %t", p, ok)
	}
}

// TestAgain tries a photo that did not arrive three times more, with growing pauses, and lets the others pass.
func TestAgain(t *testing.T) {
	dir := three(t)
	synctest.Test(t, func(t *testing.T) {
		s := confirmed(t, Config{Path: dir})
		start := time.Now()
		expect := func(want string, at time.Duration, err error) {
			t.Helper()
			name, settled := s.take(t)
			if got := time.Since(start); name != want || got != at {
				t.Errorf("%s at %s, want %s at %s", name, got, want, at)
			}
			settled(err)
		}
		expect("1.jpg", 0, errGone)
		expect("2.jpg", 0, errGone)
		expect("3.jpg", 0, nil)
		expect("1.jpg", time.Second, errGone)
		expect("2.jpg", time.Second, nil)
		expect("1.jpg", 3*time.Second, errGone)
		expect("1.jpg", 7*time.Second, errGone)
		if _, err := s.Read(t.Context()); !errors.Is(err, pipeline.ErrEnd) {
			t.Error(err)
		}
		want := "1 of 3 photos is not confirmed: 1.jpg (given up: the line is cut); start it again to send the rest"
		if err := s.Account(); err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	})
}

// TestAccountOfLoop asks only whether a photo was delivered in any round.
func TestAccountOfLoop(t *testing.T) {
	dir := three(t)
	s := confirmed(t, Config{Path: dir, Loop: true})
	s.delivers(t, "1.jpg")
	_, settled := s.take(t)
	settled(errFull)
	s.delivers(t, "3.jpg")
	if err := os.Remove(filepath.Join(dir, "3.jpg")); err != nil {
		t.Fatal(err)
	}
	_, settled = s.take(t)
	settled(errFull)
	if err := s.Account(); err == nil || err.Error() != "1 of 2 photos is not confirmed: 2.jpg (refused: the disk is full)" {
		t.Error(err)
	}
	s.delivers(t, "2.jpg")
	if err := s.Account(); err != nil {
		t.Error(err)
	}
	if _, ok := s.Progress(); ok {
		t.Error("a loop has a progress")
	}
}

// TestSettledAfterClose counts what is in flight when the source closes.
func TestSettledAfterClose(t *testing.T) {
	s := create(t, Config{Path: three(t)}, func(env *pipeline.Env) { env.Confirmed = true })
	if err := s.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.delivers(t, "1.jpg")
	_, two := s.take(t)
	_, last := s.take(t)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	two(nil)
	last(errGone)
	if err := s.Account(); err == nil || err.Error() != "1 of 3 photos is not confirmed: 3.jpg; start it again to send the rest" {
		t.Error(err)
	}
}

// TestStoppedBeforeItIsOpened must not end as if all photos were safe.
func TestStoppedBeforeItIsOpened(t *testing.T) {
	for _, confirmed := range []bool{true, false} {
		o := create(t, Config{Path: tree(t)}, func(env *pipeline.Env) { env.Confirmed = confirmed })
		if err := o.Account(); (err != nil) != confirmed {
			t.Errorf("confirmed %v: %v", confirmed, err)
		}
	}
}
