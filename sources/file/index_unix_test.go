//go:build unix

package file

import (
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"framewire/sinks/file/recordindex"
)

// A folder from a stranger may have a pipe where the recorder keeps its index. Nobody waits for who writes to it.
func TestIndexThatIsAPipe(t *testing.T) {
	path := filepath.Join(t.TempDir(), recordindex.Name)
	if err := unix.Mkfifo(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if began := readIndex(path, []string{"a.mkv"}); len(began) != 0 {
		t.Errorf("a pipe gives %v", began)
	}
}
