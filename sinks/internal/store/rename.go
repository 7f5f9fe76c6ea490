package store

import (
	"os"
	"path/filepath"

	"framewire/pipeline/filesystem"
)

// renameNew renames a file of the folder to a name that must be free, see filesystem.RenameNew.
func renameNew(root *os.Root, from, to string) error {
	old, err := root.Open(".")
	if err != nil {
		return err
	}
	defer old.Close()
	folder, err := root.Open(filepath.Dir(to))
	if err != nil {
		return err
	}
	defer folder.Close()
	return filesystem.RenameNew(old, from, folder, filepath.Base(to))
}
