//go:build unix

package main

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// TestPhotosBeyondALimit has the receiver refuse what its limits leave no room for.
func TestPhotosBeyondALimit(t *testing.T) {
	t.Parallel()
	sizes := []int{60_000, 1_500_000, 70_000, 3_000_000, 80_000}
	for _, c := range []struct {
		name, limit, why string
		refused          int
	}{
		{"max_files", "sinks.0.max_files=3", "received holds 3 files, and max_files is 3", 2},
		{"max_bytes", "sinks.0.max_bytes=2MB", "max_bytes is 2.0 MB", 1},
		{"min_free", "sinks.0.min_free=1000000GB", "the disk of received has ", 5},
		{"max_frame", "receive.max_frame=1MiB", "it has 1500000 bytes, and max_frame is 1MiB here", 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dir, addr := t.TempDir(), freeAddress(t)
			album(t, filepath.Join(dir, "photos"), false, sizes...)
			sender := photoSender(t, dir, addr)
			receiver := photoReceiver(t, dir, addr, "--set", c.limit)
			sender.ends(1)
			receiver.ends(0)
			receiver.says(0, c.why)
			sender.says(0, c.why)
			if missing := namesMissing(t, sender, dir, "received"); missing != c.refused {
				t.Errorf("%d photos are missing, want %d", missing, c.refused)
			}
		})
	}
}

// namesMissing checks that a sender that has failed names the photos that did not arrive, and no others, and that
// nothing else is at the receiver. It gives how many are missing.
func namesMissing(t *testing.T, sender *process, dir, received string) (missing int) {
	t.Helper()
	said := sender.log()
	_, account, _ := strings.Cut(said, "failed: error=\"source image: ")
	sent, got := sums(t, filepath.Join(dir, "photos")), sums(t, filepath.Join(dir, received))
	for _, name := range slices.Sorted(maps.Keys(sent)) {
		there := got[name] == sent[name]
		if !there {
			missing++
		}
		if named := strings.Contains(account, filepath.Base(name)+" (refused: "); named == there {
			t.Errorf("%s: arrived %v, named as refused %v", name, there, named)
		}
		if there {
			delete(got, name)
		}
	}
	for name := range got {
		t.Errorf("%s was left behind", name)
	}
	if want := fmt.Sprintf("%d of %d photos", missing, len(sent)); !strings.HasPrefix(account, want) {
		t.Errorf("the sender does not speak of %s:\n%s", want, said)
	}
	return missing
}

// TestPhotosRefusedUntilThereIsRoom watches a folder: what was refused is sent when the sender is started again
// after room was made.
func TestPhotosRefusedUntilThereIsRoom(t *testing.T) {
	t.Parallel()
	dir, addr := t.TempDir(), freeAddress(t)
	album(t, filepath.Join(dir, "photos"), false, 60_000, 70_000, 80_000)
	for limit := 1; limit <= 3; limit++ {
		receiver := photoReceiver(t, dir, addr, "--set", "sinks.0.max_files="+strconv.Itoa(limit))
		sender := photoSender(t, dir, addr, "--set", "source.watch=true", "--set", "source.settle=10ms")
		if limit < 3 {
			sender.says(0, "a photo is refused")
		}
		sender.says(0, "photo is confirmed")
		sender.signal(syscall.SIGTERM)
		sender.ends(map[bool]int{true: 1, false: 0}[limit < 3])
		receiver.signal(syscall.SIGTERM)
		receiver.ends(0)
	}
	equalFolders(t, dir, "photos", "received")
}
