package image

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/maruel/natural"
)

// isPicture reports whether a file in a folder is taken, by its name.
func isPicture(name string) bool {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".gif", ".webp", ".bmp", ".tif", ".tiff":
		return !strings.HasPrefix(name, ".")
	}
	return false
}

// list finds the files that path means, in natural order. A file or folder of exactly that name comes
// before what the name would mean as a pattern.
func list(path string) ([]string, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && strings.ContainsAny(path, `*?[`):
		return match(path)
	case err != nil:
		return nil, explain(path, err)
	case info.IsDir():
		return folder(path)
	}
	return []string{path}, nil
}

func folder(path string) ([]string, error) {
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, explain(path, err)
	}
	var paths []string
	for _, entry := range entries {
		full := filepath.Join(path, entry.Name())
		if isPicture(entry.Name()) && !isFolder(full, entry.Type()) {
			paths = append(paths, full)
		}
	}
	switch {
	case len(entries) == 0:
		return nil, fmt.Errorf("folder %s is empty: put pictures into it or name another", path)
	case len(paths) == 0:
		return nil, fmt.Errorf("folder %s has no pictures among its %d files: .jpg, .png, .gif, .webp, .bmp and .tif are looked for, hidden files and folders in it are not", path, len(entries))
	}
	slices.SortFunc(paths, natural.Compare)
	return paths, nil
}

// match takes every file that the pattern names, whatever its ending; hidden ones only by a pattern that
// begins with a dot.
func match(pattern string) ([]string, error) {
	all, err := filepath.Glob(pattern)
	if err != nil {
		return nil, fmt.Errorf("%q is not a pattern: a [ needs its ]", pattern)
	}
	hidden := strings.HasPrefix(filepath.Base(pattern), ".")
	var paths []string
	for _, path := range all {
		if (hidden || !strings.HasPrefix(filepath.Base(path), ".")) && !isFolder(path, fs.ModeIrregular) {
			paths = append(paths, path)
		}
	}
	if len(paths) == 0 {
		return nil, fmt.Errorf("no file matches %s: check the folder and the ending, which are case-sensitive", pattern)
	}
	slices.SortFunc(paths, natural.Compare)
	return paths, nil
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
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s does not exist: check the path, which is taken from the folder that the program runs in unless it begins with /", path)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%s may not be read by this user: change its permissions or those of its folder", path)
	}
	return err
}
