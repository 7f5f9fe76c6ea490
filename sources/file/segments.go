package file

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/maruel/natural"

	"framewire/sinks/file/recordindex"
)

// The bounds of a folder of recordings.
const (
	mostSegments = 1_000_000
	deepest      = 8 // folders in folders
)

// segment is one clip of what is played: the only one, or one of a folder of recordings.
type segment struct {
	path  string
	began time.Time // when its recording began; zero where nobody tells
}

// videos are the names' endings of the files that are taken from a folder.
func videos() []string {
	return []string{
		".mkv", ".mp4", ".avi", ".mjpeg", ".mjpg", ".mov", ".m4v", ".webm", ".ts", ".mts", ".m2ts", ".mpg", ".mpeg",
		".wmv", ".flv", ".3gp", ".ogv", ".h264", ".264", ".h265", ".265", ".y4m",
	}
}

// segmentsOf gives what a path stands for: the recordings in a folder, in order, or the one clip.
func segmentsOf(path string) ([]segment, error) {
	at, err := parseTarget(path)
	if err != nil {
		return nil, err
	}
	one := []segment{{path: path}} // what may be wrong with it is told when it is opened
	if at.url != nil {
		return one, nil
	}
	if info, err := os.Stat(at.path); err != nil || !info.IsDir() {
		return one, nil
	}
	list, err := segmentsIn(nil, at.path, 0)
	if err != nil {
		return nil, at.explain(err)
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("%s is a folder without videos: name a video file, or a folder of recordings (a folder of photos is for `type: image`)", at)
	}
	return list, nil
}

// segmentsIn adds the recordings of a folder, then those of the folders in it. Hidden files and those that
// are still being written (.part, or .part.mp4 where they are encoded) are left out.
func segmentsIn(list []segment, dir string, depth int) ([]segment, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	endings := videos()
	var names, folders []string
	for _, e := range entries {
		name := e.Name()
		switch {
		case strings.HasPrefix(name, "."), filepath.Ext(stem(name)) == ".part":
		case e.IsDir():
			folders = append(folders, name)
		case slices.Contains(endings, strings.ToLower(filepath.Ext(name))) && isFile(dir, e):
			names = append(names, name)
		}
	}
	if len(list)+len(names) > mostSegments {
		return nil, fmt.Errorf("more than %d recordings: name a folder in it", mostSegments)
	}
	list = append(list, inOrder(dir, names)...)
	slices.SortFunc(folders, natural.Compare)
	if depth == deepest {
		folders = nil
	}
	for _, name := range folders {
		if list, err = segmentsIn(list, filepath.Join(dir, name), depth+1); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// isFile reports whether an entry is a file, or a link to one.
func isFile(dir string, e fs.DirEntry) bool {
	if e.Type()&fs.ModeSymlink == 0 {
		return e.Type().IsRegular()
	}
	info, err := os.Stat(filepath.Join(dir, e.Name()))
	return err == nil && info.Mode().IsRegular()
}

// inOrder orders the files of one folder: by when they began as the recorder's index has it, and then those that
// are not in it, by their names. A number that was added because the name was taken comes after that name, so
// the extension does not count.
func inOrder(dir string, names []string) []segment {
	began := readIndex(filepath.Join(dir, recordindex.Name), names)
	list := make([]segment, len(names))
	for i, name := range names {
		list[i] = segment{path: filepath.Join(dir, name), began: began[name]}
	}
	slices.SortStableFunc(list, func(a, b segment) int {
		switch {
		case a.began.IsZero() != b.began.IsZero():
			if a.began.IsZero() {
				return 1
			}
			return -1
		case !a.began.Equal(b.began):
			return a.began.Compare(b.began)
		}
		if order := natural.Compare(stem(a.path), stem(b.path)); order != 0 {
			return order
		}
		return natural.Compare(a.path, b.path)
	})
	return list
}

// stem is a name without its extension.
func stem(path string) string { return strings.TrimSuffix(path, filepath.Ext(path)) }
