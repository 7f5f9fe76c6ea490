package shelf

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"framewire/sinks/file/internal/disk"
)

func TestNames(t *testing.T) {
	for _, c := range []struct {
		pattern, base string
		has           []string
		hasNot        []string
	}{
		{"out.mkv", ".", []string{"out.mkv", "out-3.mkv"}, []string{"out.avi", "xout.mkv", "out.mkv.part", "out-.mkv", "outxmkv"}},
		{"a/b/{date}/{time}.mkv", "a/b", []string{"12-00-00.mkv", "12-00-00-1.mkv"}, []string{"12-00.mkv", "2024-05-06.mkv", "index.jsonl"}},
		{"a/x{date}/rec-{seq}.avi", "a", []string{"rec-000001.avi", "rec-1234567.avi"}, []string{"rec-1.avi", "rec-.avi"}},
		{"rec/{name}-{date}-{time}.mp4", "rec", []string{"cam (1)-2024-05-06-12-00-00.mp4"}, []string{"cam-2024-05-06-12-00-00.mp4", "cam (1)-2024-05-06-12-00-00.part.mp4"}},
		{"../rec/{time}.mkv", "../rec", []string{"12-00-00.mkv"}, nil},
	} {
		n := NewNames(c.pattern, "cam (1)")
		if n.Base() != filepath.FromSlash(c.base) {
			t.Errorf("%s: the base is %s, wants %s", c.pattern, n.Base(), c.base)
		}
		for number := range 3 {
			if path := n.Path(noon, number); !n.Has(filepath.Base(path)) {
				t.Errorf("%s: its own name %s is none", c.pattern, path)
			}
		}
		for _, name := range c.has {
			if !n.Has(name) {
				t.Errorf("%s: %s is none", c.pattern, name)
			}
		}
		for _, name := range c.hasNot {
			if n.Has(name) {
				t.Errorf("%s: %s is one", c.pattern, name)
			}
		}
	}
}

func TestFolders(t *testing.T) {
	base := t.TempDir()
	for _, dir := range []string{"2024-05-06/raw", "2024-05-07/raw", "2024-05-08/other", "old/raw", "2024-5-9/raw"} {
		if err := os.MkdirAll(filepath.Join(base, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(base, "2024-05-09"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	got, err := NewNames(filepath.Join(base, "{date}", "raw", "{time}.mkv"), "").Folders(disk.OS{})
	want := []string{filepath.Join(base, "2024-05-06", "raw"), filepath.Join(base, "2024-05-07", "raw")}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("folders are %v, %v, wants %v", got, err, want)
	}
}
