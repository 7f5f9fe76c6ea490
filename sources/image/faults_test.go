package image

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"framewire/pipeline"
	"framewire/pipeline/config"
)

// asIs changes nothing of what a source gets from the engine.
func asIs(*pipeline.Env) {}

// TestNothingToOpen pins what is said when there are no files at all.
func TestNothingToOpen(t *testing.T) {
	dir := write(t, map[string][]byte{"text/a.txt": nil})
	empty := t.TempDir()
	for path, want := range map[string]string{
		filepath.Join(dir, "gone.jpg"):      "gone.jpg does not exist: check the path, which is taken from the folder that the program runs in unless it begins with /",
		filepath.Join(dir, "gone", "a.jpg"): "does not exist: check the path",
		empty:                               "is empty: put pictures into it or name another",
		filepath.Join(dir, "text"):          "has no pictures among its 1 files: .jpg, .png, .gif, .webp, .bmp, .tif, .heic and .avif are looked for, hidden files and folders in it are not: `recursive: true` enters them",
		filepath.Join(dir, "*.jpg"):         "no file matches",
		filepath.Join(dir, "[a.jpg"):        "is not a pattern: a [ needs its ]",
		filepath.Join(dir, "text/a.txt/b"):  "not a directory",
	} {
		err := create(t, Config{Path: path}, asIs).Open(t.Context())
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q in it", path, err, want)
		}
	}
}

// TestBadFiles pins what is said of a file that cannot be used, and that the pipeline fails when there is
// no other.
func TestBadFiles(t *testing.T) {
	good := jpegOf(t, 64, 48)
	large := bytes.Clone(good)
	i := bytes.Index(large, []byte{0xFF, 0xC0})
	copy(large[i+5:], "\xFF\xFF\xFF\xFF")
	for name, c := range map[string]struct {
		data []byte
		says string
	}{
		"empty.jpg":  {nil, "the file is empty"},
		"text.jpg":   {[]byte("hello, world"), "not a picture that is known here: JPEG, PNG, GIF, WebP, BMP, TIFF, HEIC and AVIF are"},
		"header.jpg": {good[:100], "a JPEG that is cut off in its header"},
		"large.jpg":  {large, "jpeg frame of 65535x65535: more than 100 megapixels"},
		"half.png":   {pngOf(t, shades(30, 30))[:60], "a PNG file that cannot be decoded: "},
		"phone.heic": {heic(64, 64), "or send files as they are with `original: true`"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(write(t, map[string][]byte{name: c.data}), name)
			s := open(t, Config{Path: path, Loop: true})
			s.skips(t, path, c.says)
			_, err := s.Read(t.Context())
			if want := path + " cannot be used as a picture: the log says why"; err == nil || err.Error() != want || errors.Is(err, pipeline.ErrSkip) {
				t.Errorf("then: %v, want %s", err, want)
			}
		})
	}
}

// heic is the beginning of what a telephone writes.
func heic(w, h byte) []byte {
	return append([]byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic\x00\x00\x00\x14ispe\x00\x00\x00\x00\x00\x00\x00"), w, 0, 0, 0, h)
}

func TestNoneOfMany(t *testing.T) {
	dir := write(t, map[string][]byte{"1.jpg": nil, "2.jpg": nil})
	s := open(t, Config{Path: dir})
	for range 2 {
		if _, err := s.Read(t.Context()); !errors.Is(err, pipeline.ErrSkip) {
			t.Fatal(err)
		}
	}
	want := "none of the 2 files of " + dir + " can be used as a picture: the log says why"
	if _, err := s.Read(t.Context()); err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}

// TestEveryBadFileIsNamed once, up to a number that a log can hold.
func TestEveryBadFileIsNamed(t *testing.T) {
	files := map[string][]byte{"good.jpg": jpegOf(t, 8, 8)}
	for i := range maxTold + 20 {
		files[fmt.Sprintf("bad%d.jpg", i)] = []byte("no picture")
	}
	s := open(t, Config{Path: write(t, files), Loop: true})
	for good := 0; good < 2; { // twice through the list
		f, err := s.Read(t.Context())
		if err == nil {
			good++
			f.Release()
		} else if err != pipeline.ErrSkip {
			t.Fatal(err)
		}
	}
	log := s.log.String()
	for i := range maxTold {
		if n := strings.Count(log, fmt.Sprintf("bad%d.jpg cause=", i)); n != 1 {
			t.Errorf("bad%d.jpg is named %d times", i, n)
		}
	}
	last := "[WARN]  more files cannot be used, from here on they are only counted as errors: named=100\n"
	if n := strings.Count(log, "\n"); n != maxTold+1 || !strings.HasSuffix(log, last) {
		t.Errorf("%d lines:\n%s", n, log)
	}
	if n := s.counters.Errors.Load(); n != 2*(maxTold+20) {
		t.Errorf("%d errors are counted, want %d", n, 2*(maxTold+20))
	}
}

// TestCutOffJPEG passes with one warning: it is the user's picture.
func TestCutOffJPEG(t *testing.T) {
	data := jpegOf(t, 640, 480)
	data = data[:len(data)*3/4]
	dir := write(t, map[string][]byte{"a.jpg": data})
	s := open(t, Config{Path: dir, Loop: true})
	for range 3 {
		f := s.read(t)
		if !bytes.Equal(f.Data, data) {
			t.Error("the bytes are others")
		}
		f.Release()
	}
	if n := strings.Count(s.log.String(), "[WARN]"); n != 1 || !strings.Contains(s.log.String(), "cut off") {
		t.Errorf("%d warnings:\n%s", n, s.log)
	}
	open(t, Config{Path: dir}, pipeline.AnyRaw).skips(t, filepath.Join(dir, "a.jpg"), "")
}

func TestNotAFile(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there is no /dev/null")
	}
	s := open(t, Config{Path: os.DevNull})
	s.skips(t, os.DevNull, "not a file but a device")
}

func TestPermissions(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may read everything")
	}
	dir := write(t, map[string][]byte{"a.jpg": jpegOf(t, 8, 8), "closed/b.jpg": jpegOf(t, 8, 8)})
	closed := filepath.Join(dir, "closed")
	for _, path := range []string{filepath.Join(dir, "a.jpg"), closed} {
		if err := os.Chmod(path, 0); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { _ = os.Chmod(closed, 0o755) }) // for TempDir to clear up
	if err := create(t, Config{Path: closed}, asIs).Open(t.Context()); err == nil || !strings.Contains(err.Error(), "may not be read by this user") {
		t.Error(err)
	}
	s := open(t, Config{Path: filepath.Join(dir, "a.jpg")})
	s.skips(t, filepath.Join(dir, "a.jpg"), "this user may not read it")
}

func TestExplain(t *testing.T) {
	err := explain("photos", &os.PathError{Op: "open", Path: "photos", Err: os.ErrPermission})
	if want := "photos may not be read by this user: change its permissions or those of its folder"; err.Error() != want {
		t.Error(err)
	}
	if err := reason(&os.PathError{Op: "open", Path: "a", Err: os.ErrPermission}); err.Error() != "this user may not read it: change its permissions" {
		t.Error(err)
	}
}

func TestValidate(t *testing.T) {
	cfg := Config{
		Interval: -time.Second, Settle: -1, Watch: true, Loop: true, Original: true, Quality: 101, Resize: config.Size{Width: 8, Height: 8},
	}
	want := "path: is missing (name a picture, a folder of pictures or a pattern such as photos/*.jpg)\n" +
		"interval: -1s is below zero\n" +
		"settle: -1ns is below zero\n" +
		"loop: watch goes on by itself and gives each picture once (leave one of them out)\n" +
		"quality: 101 is not between 0 and 100 (90 is a good start, 0 leaves the pictures as they are)\n" +
		"original: files cannot stay as they are and be made anew (leave out resize and quality, or original)"
	if err := cfg.Validate(); err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
	cfg = Config{Path: "a", Journal: "b"}
	want = "journal: is used with watch only (set `watch: true`, or leave it out)"
	if err := cfg.Validate(); err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}
