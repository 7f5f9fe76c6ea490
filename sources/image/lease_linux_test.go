package image

import (
	"errors"
	"os"
	"os/signal"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// A file that a file server has leased to a client who writes it is read later.
func TestLeasedPhoto(t *testing.T) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, unix.SIGIO) // by which the kernel asks for the lease
	defer signal.Stop(signals)
	path := filepath.Join(t.TempDir(), "a.jpg")
	put(t, path, []byte("photo"))
	holder, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer holder.Close()
	if _, err := unix.FcntlInt(holder.Fd(), unix.F_SETLEASE, unix.F_WRLCK); err != nil {
		t.Skip("no leases here: ", err)
	}
	if _, err := openAtOnce(path); !errors.Is(err, errChanging) {
		t.Errorf("it gives %v", err)
	}
}
