package muxtest

import (
	"bytes"
	"errors"
	"syscall"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestDisk(t *testing.T) {
	d := NewDisk([]byte("old"))
	write := func(text string, at int64) {
		t.Helper()
		if n, err := d.WriteAt([]byte(text), at); n != len(text) || err != nil {
			t.Fatalf("WriteAt gives %d, %v", n, err)
		}
	}
	write("new", 5)
	if err := errors.Join(d.Truncate(7), d.Sync()); err != nil {
		t.Fatal(err)
	}
	write("O", 0)
	write("more", 7)
	seen := map[string]bool{}
	for _, content := range d.PowerCuts(1) {
		seen[string(content)] = true
	}
	for _, want := range []string{"old\x00\x00ne", "Old\x00\x00nemore", "old\x00\x00nemore", "Old\x00\x00ne", "Old\x00\x00nemo"} {
		if !seen[want] {
			t.Errorf("a power cut never leaves %q", want)
		}
	}
	if got := string(d.Bytes()); got != "Old\x00\x00nemore" || len(seen) > 12 {
		t.Errorf("the file holds %q; %d kinds of power cut", got, len(seen))
	}
	var b [9]byte
	if n, err := d.ReadAt(b[:], 5); n != 6 || err == nil || !bytes.HasPrefix(b[:], []byte("nemore")) {
		t.Errorf("ReadAt gives %d, %v: %q", n, err, b)
	}
	d.Room = 12
	if n, err := d.WriteAt([]byte("end"), 11); n != 1 || !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("on a full disk WriteAt gives %d, %v", n, err)
	}
	if err := d.Close(); err != nil || !d.Shut || d.Close() == nil {
		t.Errorf("Close gives %v, then nothing", err)
	}
}
