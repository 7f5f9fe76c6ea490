package cli

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"
)

func TestReadConfig(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, name := range []string{"receiver", "receiver.yaml"} {
		text, err := readConfig(name)
		if err != nil || !strings.Contains(string(text), "receive:") {
			t.Errorf("%s: %d bytes, %v", name, len(text), err)
		}
	}
	if err := os.WriteFile("receiver.yaml", []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if text, err := readConfig("receiver.yaml"); err != nil || string(text) != "mine" {
		t.Errorf("the file does not go before the role: %q, %v", text, err)
	}
	for _, name := range []string{"nobody", "configs/receiver.yaml", "../receiver"} {
		if _, err := readConfig(name); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
