package store

import (
	"os"
	"os/signal"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// A file that a file server has leased to a client who writes it is the same file as before.
func TestLeasedFile(t *testing.T) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, unix.SIGIO) // by which the kernel asks for the lease
	defer signal.Stop(signals)
	dir := t.TempDir()
	file(t, dir, "a.jpg", "photo")
	s := openWith(t, dir, Options{})
	holder, err := os.OpenFile(filepath.Join(dir, "a.jpg"), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer holder.Close()
	if _, err := unix.FcntlInt(holder.Fd(), unix.F_SETLEASE, unix.F_WRLCK); err != nil {
		t.Skip("no leases here: ", err)
	}
	given := make(chan error, 1)
	go func() {
		<-signals
		_, err := unix.FcntlInt(holder.Fd(), unix.F_SETLEASE, unix.F_UNLCK)
		given <- err
	}()
	if at, err := s.Put("a.jpg", []byte("photo")); err != nil || at != filepath.Join(dir, "a.jpg") {
		t.Errorf("it is put at %s, %v", at, err)
	}
	if err := <-given; err != nil {
		t.Error(err)
	}
}
