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
)

// TestNothingToOpen pins what is said when there are no files at all.
func TestNothingToOpen(t *testing.T) {
	dir := write(t, map[string][]byte{"text/a.txt": nil})
	empty := t.TempDir()
	for path, want := range map[string]string{
		filepath.Join(dir, "gone.jpg"):      "gone.jpg does not exist: check the path, which is taken from the folder that the program runs in unless it begins with /",
		filepath.Join(dir, "gone", "a.jpg"): "does not exist: check the path",
		empty:                               "is empty: put pictures into it or name another",
		filepath.Join(dir, "text"):          "has no pictures among its 1 files: .jpg, .png, .gif, .webp, .bmp and .tif are looked for",
		filepath.Join(dir, "*.jpg"):         "no file matches",
		filepath.Join(dir, "[a.jpg"):        "is not a pattern: a [ needs its ]",
		filepath.Join(dir, "text/a.txt/b"):  "not a directory",
	} {
		err := create(t, Config{Path: path}).Open(t.Context())
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q in it", path, err, want)
		}
	}
}

// TestBadFiles pins what is said of a file that cannot be used, and that the pipeline fails when there is
// no other.
func TestBadFiles(t *testing.T) {
	good := jpegOf(t, 64, 48)
	bomb := bytes.Clone(pngOf(t, photo(2, 2)))
	copy(bomb[16:24], "\x00\x00\xFF\xFF\x00\x00\xFF\xFF") // width and height of the header, whose checksum is now wrong
	large := bytes.Clone(good)
	i := bytes.Index(large, []byte{0xFF, 0xC0})
	copy(large[i+5:], "\xFF\xFF\xFF\xFF")
	for name, c := range map[string]struct {
		data []byte
		says string
	}{
		"empty.jpg":  {nil, "the file is empty"},
		"text.jpg":   {[]byte("hello, world"), "not a picture that is known here: JPEG, PNG, GIF, WebP, BMP and TIFF are"},
		"header.jpg": {good[:100], "a JPEG that is cut off in its header"},
		"large.jpg":  {large, "jpeg frame of 65535x65535: more than 100 megapixels"},
		"half.png":   {pngOf(t, photo(30, 30))[:60], "a PNG file that cannot be decoded: "},
		"bomb.png":   {bomb, "a PNG file that cannot be decoded"},
		"bomb.bmp":   {bombBMP(), "its header says 60000x60000 pixels, of which up to 100 million are read"},
		"phone.heic": {[]byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00"), "a HEIF, AVIF or video file, which is not read here: convert it to JPEG or PNG"},
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

// bombBMP is a header that promises 10 GB.
func bombBMP() []byte {
	data := make([]byte, 60)
	copy(data, "BM\x3C\x00\x00\x00\x00\x00\x00\x00\x36\x00\x00\x00\x28\x00\x00\x00\x60\xEA\x00\x00\x60\xEA\x00\x00\x01\x00\x18\x00")
	return data
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
	if err := create(t, Config{Path: closed}).Open(t.Context()); err == nil || !strings.Contains(err.Error(), "may not be read by this user") {
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
	cfg := Config{Interval: -time.Second, Watch: true}
	want := "path: is missing (name a picture, a folder of pictures or a pattern such as photos/*.jpg)\n" +
		"interval: -1s is below zero\n" +
		"watch: is not there yet (`loop: true` looks for new pictures each time round)"
	if err := cfg.Validate(); err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}
