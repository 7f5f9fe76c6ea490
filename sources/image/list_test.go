package image

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// tree is a folder with folders in it.
func tree(t testing.TB) string {
	data := jpegOf(t, 8, 8)
	return write(t, map[string][]byte{
		"10.jpg": data, "9.jpg": data, "day 1/b.jpg": data, "day 1/deep/a.JPG": data, "day 2/notes.txt": []byte("x"),
		".cache/thumb.jpg": data, "day 2/.x.jpg": data,
	})
}

func TestRecursive(t *testing.T) {
	dir := tree(t)
	if err := os.Symlink(filepath.Join(dir, "day 1"), filepath.Join(dir, "link")); err != nil && runtime.GOOS != "windows" {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(dir, "9.jpg"), filepath.Join(dir, "day 2", "one.jpg")); err != nil && runtime.GOOS != "windows" {
		t.Fatal(err)
	}
	want := "9.jpg|10.jpg|day 1/b.jpg|day 1/deep/a.JPG|day 2/one.jpg"
	for _, path := range []string{dir, dir + "/", filepath.Join(dir, "day 2", "..")} {
		got := strings.Join(open(t, Config{Path: path, Recursive: true}).list(t), "|")
		if got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
	got := strings.Join(open(t, Config{Path: dir, Recursive: true, Original: true}).list(t), "|")
	if want := "9.jpg|10.jpg|day 1/b.jpg|day 1/deep/a.JPG|day 2/notes.txt|day 2/one.jpg"; got != want {
		t.Errorf("original: %s, want %s", got, want)
	}
}

// TestNames pins from where on a file is named.
func TestNames(t *testing.T) {
	for _, c := range [][3]string{
		{"photos/*.jpg", "photos/a.jpg", "a.jpg"},
		{"photos/*/*.jpg", "photos/sub/a.jpg", "sub/a.jpg"},
		{"*/a.jpg", "sub/a.jpg", "sub/a.jpg"},
		{"/photos/20??/x/*", "/photos/2026/x/a", "2026/x/a"},
		{"../*/a.jpg", "../sub/a.jpg", "sub/a.jpg"},
		{"*/../a.jpg", "sub/../a.jpg", "a.jpg"},
		{"photos/*/../../a.jpg", "photos/sub/../../a.jpg", "a.jpg"},
	} {
		if got := below(fixed(c[0]), filepath.FromSlash(c[1])); got != c[2] {
			t.Errorf("%s of %s: %s, want %s", c[1], c[0], got, c[2])
		}
	}
}

func TestRecursiveFaults(t *testing.T) {
	dir := tree(t)
	for path, want := range map[string]string{
		filepath.Join(dir, "*.jpg"):   "is a pattern, and recursive goes through a folder: name the folder, or leave out recursive",
		filepath.Join(dir, "day 2"):   "has no pictures among its 2 files: ",
		filepath.Join(dir, "nowhere"): "does not exist",
	} {
		err := create(t, Config{Path: path, Recursive: true}, asIs).Open(t.Context())
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q in it", path, err, want)
		}
	}
}

// TestClosedFolder is an error from the start: what is in it would be forgotten.
func TestClosedFolder(t *testing.T) {
	if os.Geteuid() == 0 || runtime.GOOS == "windows" {
		t.Skip("everything may be read")
	}
	dir := tree(t)
	closed := filepath.Join(dir, "day 1")
	if err := os.Chmod(closed, 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(closed, 0o755) }) // for TempDir to clear up
	err := create(t, Config{Path: dir, Recursive: true}, asIs).Open(t.Context())
	if want := closed + " may not be read by this user: change its permissions or those of its folder"; err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}
