package image

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/maruel/natural"
)

// found is a file that is to be sent.
type found struct {
	path string // to open it
	name string // as the other end gets it: below the folder that is sent, with / between
}

// picks says which files of a folder are taken.
type picks struct {
	recursive bool
	all       bool // not only what is named like a picture
}

// takes reports whether a file is taken, by its name.
func (k picks) takes(name string) bool {
	if strings.HasPrefix(name, ".") {
		return false
	}
	if k.all {
		return true
	}
	switch strings.ToLower(filepath.Ext(name)) {
	case ".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".gif", ".webp", ".bmp", ".tif", ".tiff", ".heic", ".heif", ".avif":
		return true
	}
	return false
}

// enters reports whether a folder inside the folder is gone through, by its name.
func (k picks) enters(name string) bool { return k.recursive && !strings.HasPrefix(name, ".") }

// list finds the files that path means, in natural order. A file or folder of exactly that name comes
// before what the name would mean as a pattern.
func (k picks) list(path string) ([]found, rest, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && strings.ContainsAny(path, `*?[`):
		if k.recursive {
			return nil, rest{}, fmt.Errorf("%s is a pattern, and recursive goes through a folder: name the folder, or leave out recursive", path)
		}
		files, err := match(path)
		return files, rest{}, err
	case err != nil:
		return nil, rest{}, explain(path, err)
	case info.IsDir():
		return k.folder(path)
	}
	return []found{{path, filepath.Base(path)}}, rest{}, nil
}

func (k picks) folder(path string) ([]found, rest, error) {
	files, left, err := k.collect(path, func(string) {})
	if err != nil {
		return nil, rest{}, explain(path, err)
	}
	inside := "folders in it are not: `recursive: true` enters them"
	if k.recursive {
		inside = "and those in hidden folders, are not"
	}
	switch {
	case len(files) == 0 && left.count == 0:
		return nil, rest{}, fmt.Errorf("folder %s is empty: put pictures into it or name another", path)
	case len(files) == 0 && k.all:
		return nil, rest{}, fmt.Errorf("folder %s has no files that are taken: hidden files and %s", path, inside)
	case len(files) == 0:
		return nil, rest{}, fmt.Errorf("folder %s has no pictures among its %d files: .jpg, .png, .gif, .webp, .bmp, .tif, .heic and .avif are looked for, hidden files and %s", path, left.count, inside)
	}
	return files, left, nil
}

// collect goes through a folder and gives the files that are taken, in natural order, and what is not. Each folder is
// told to enter before it is read.
func (k picks) collect(path string, enter func(dir string)) (files []found, left rest, err error) {
	err = k.walk(path, "", enter, func(f found, taken bool) {
		if taken {
			files = append(files, f)
		} else {
			left.add(f.name)
		}
	})
	slices.SortFunc(files, func(a, b found) int { return natural.Compare(a.name, b.name) })
	return files, left, err
}

// walk goes through a folder, called below as its files are to be named, and tells each folder before it
// is read, and each file in it. A folder that cannot be read costs only what is inside.
func (k picks) walk(dir, below string, enter func(dir string), each func(f found, taken bool)) error {
	enter(dir)
	entries, err := os.ReadDir(dir)
	for _, entry := range entries {
		name := entry.Name()
		f := found{path: filepath.Join(dir, name), name: below + name}
		switch {
		case entry.IsDir() && k.enters(name):
			inside := k.walk(f.path, f.name+"/", enter, each)
			if !errors.Is(inside, fs.ErrNotExist) { // else it went away since
				err = errors.Join(err, inside)
			}
		case isFolder(f.path, entry.Type()): // maybe a link to one, which is never entered
			f.name += "/"
			each(f, false)
		default:
			each(f, k.takes(name))
		}
	}
	return err
}

// match takes every file that the pattern names, whatever its ending; hidden ones only by a pattern that
// begins with a dot.
func match(pattern string) ([]found, error) {
	all, err := filepath.Glob(pattern)
	if err != nil {
		return nil, fmt.Errorf("%q is not a pattern: a [ needs its ]", pattern)
	}
	hidden := strings.HasPrefix(filepath.Base(pattern), ".")
	top := fixed(pattern)
	var files []found
	for _, path := range all {
		if (hidden || !strings.HasPrefix(filepath.Base(path), ".")) && !isFolder(path, fs.ModeIrregular) {
			files = append(files, found{path, below(top, path)})
		}
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("no file matches %s: check the folder and the ending, which are case-sensitive", pattern)
	}
	slices.SortFunc(files, func(a, b found) int {
		return cmp.Or(natural.Compare(a.name, b.name), cmp.Compare(a.path, b.path))
	})
	return files, nil
}

// fixed is the folder that a pattern's matches all lie below.
func fixed(pattern string) string {
	dir := filepath.Dir(pattern)
	for strings.ContainsAny(dir, `*?[`) {
		dir = filepath.Dir(dir)
	}
	return dir
}

// below names a file by its way from a folder, with / between; by its own name where it lies elsewhere.
func below(top, path string) string {
	name, err := filepath.Rel(top, path)
	if err != nil || !filepath.IsLocal(name) {
		return filepath.Base(path)
	}
	return filepath.ToSlash(name)
}

// isFolder follows links; what cannot be looked at is left for the reader to complain about.
func isFolder(path string, mode fs.FileMode) bool {
	if mode.IsRegular() || mode.IsDir() {
		return mode.IsDir()
	}
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// explain turns a file system's error into what the user can do.
func explain(path string, err error) error {
	if fault := new(fs.PathError); errors.As(err, &fault) {
		path = fault.Path // maybe a folder inside
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s does not exist: check the path, which is taken from the folder that the program runs in unless it begins with /", path)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%s may not be read by this user: change its permissions or those of its folder", path)
	}
	return err
}
