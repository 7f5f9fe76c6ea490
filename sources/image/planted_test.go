//go:build unix

package image

import (
	"crypto/sha256"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/go-hclog"
	"golang.org/x/sys/unix"
)

// A folder that others may write to holds what they like under the journal's names: nothing outside of it is
// touched, and nothing hangs.

func plant(t *testing.T, target, link string) {
	t.Helper()
	_ = os.Remove(link)
	if err := os.Symlink(target, link); err != nil {
		t.Fatal(err)
	}
}

func TestPlantedNextJournal(t *testing.T) {
	dir, precious := t.TempDir(), filepath.Join(t.TempDir(), "precious")
	put(t, precious, []byte("precious"))
	path := filepath.Join(dir, "journal")
	plant(t, precious, path+journalNew)
	j := openTest(t, path, dir)
	j.add("a.jpg", stampOfTest(1), [32]byte{})
	closeTest(t, j)
	if data, err := os.ReadFile(precious); err != nil || string(data) != "precious" {
		t.Errorf("a file elsewhere holds %q, %v", data, err)
	}
	j = openTest(t, path, dir)
	defer closeTest(t, j)
	if !j.has("a.jpg", stampOfTest(1)) {
		t.Error("the journal holds nothing")
	}
}

func TestPlantedJournal(t *testing.T) {
	dir, elsewhere := t.TempDir(), filepath.Join(t.TempDir(), "new")
	path := filepath.Join(dir, "journal")
	plant(t, elsewhere, path)
	_, err := openJournal(path, dir, hclog.NewNullLogger())
	if err == nil || !strings.HasSuffix(err.Error(), "it is a link to a file that is not there") {
		t.Errorf("%v", err)
	}
	if _, err := os.Lstat(elsewhere); err == nil {
		t.Error("a file was made where the link leads")
	}
}

func TestJournalReplacedWhileOpen(t *testing.T) {
	precious := filepath.Join(t.TempDir(), "precious")
	for name, replace := range map[string]func(path string){
		"a link": func(path string) { plant(t, precious, path) },
		"a pipe": func(path string) {
			_ = os.Remove(path)
			if err := unix.Mkfifo(path, 0o644); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			put(t, precious, []byte("precious"))
			dir := t.TempDir()
			j := openTest(t, filepath.Join(dir, "journal"), dir)
			closeTest(t, j)
			j.add("late.jpg", stampOfTest(1), sha256.Sum256(nil))
			replace(j.path)
			j.finish()
			if data, err := os.ReadFile(precious); err != nil || string(data) != "precious" {
				t.Errorf("a file elsewhere holds %q, %v", data, err)
			}
		})
	}
}
