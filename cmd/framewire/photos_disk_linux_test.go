package main

import (
	"os"
	"path/filepath"
	"testing"
)

// TestPhotosToAFullDisk fills the receiver's disk. Photos for which there is no room are refused, and nothing of them
// stays. When there is room they all arrive.
func TestPhotosToAFullDisk(t *testing.T) {
	dir, addr := t.TempDir(), freeAddress(t)
	filler := smallDisk(t, dir, "8m", 1_000_000)
	album(t, filepath.Join(dir, "photos"), true, 60_000, 3_000_000, 70_000, 900_000, 80_000, 1_200_000)
	flags := []string{"--set", "sinks.0.dir=disk/received", "--set", "sinks.0.min_free=0"}
	sender := photoSender(t, dir, addr, "--set", "source.recursive=true")
	receiver := photoReceiver(t, dir, addr, flags...)
	sender.ends(1)
	receiver.ends(0)
	sender.says(0, "disk is full")
	if missing := namesMissing(t, sender, dir, "disk/received"); missing < 2 || missing > 5 {
		t.Errorf("%d of 6 photos did not find room", missing)
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	sender = photoSender(t, dir, addr, "--set", "source.recursive=true")
	receiver = photoReceiver(t, dir, addr, flags...)
	sender.ends(0)
	receiver.ends(0)
	equalFolders(t, dir, "photos", "disk/received")
}
