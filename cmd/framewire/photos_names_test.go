//go:build unix

package main

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// plainNames are those that the receiver keeps to the letter.
func plainNames() []string {
	return []string{
		"empty.txt", "index.html", "README", "IMG_1.HEIC", "clip.mov", "Füße am Strand (2).jpg", "tar.tar.gz", "no extension",
		"'quoted' \"name\".txt", "$(reboot);`id`|&.sh", "%s%n%x.png", "a.jpg.exe", "sub/a.bin", "sub/deeper/日本語.webp",
		strings.Repeat("x", 236) + ".jpg", strings.Repeat("folder/", 15) + "deep.txt", "~", "#1.txt", "*?.txt", "@eaDir/x",
	}
}

// oddNames are those that the receiver changes.
func oddNames() []string {
	return []string{
		"line\nbreak.jpg", "colour \x1b[31m\x1b]0;title\a.jpg", "tab\tbed.jpg", "bad \xff utf8.jpg", "-rf.jpg", "con.jpg", "trailing dot.",
		"turned \u202egpj.exe", `back\slash.jpg`, strings.Repeat("ü", 127), strings.Repeat("y", 255), "a\r.jpg", "line\n\nbreak.jpg",
		strings.Repeat("e/", 30) + "deep.txt", strings.Repeat(strings.Repeat("z", 250)+"/", 2) + "folders.jpg",
	}
}

// TestEveryKindOfFileArrives sends what a folder may hold, under whatever names, as it is.
func TestEveryKindOfFileArrives(t *testing.T) {
	t.Parallel()
	dir, addr := t.TempDir(), freeAddress(t)
	photos := filepath.Join(dir, "photos")
	contents := make(map[string]int) // of each, how many files have it
	for i, name := range append(plainNames(), oddNames()...) {
		data := bytes.Repeat([]byte(name), i*i*i)
		put(t, filepath.Join(photos, name), data)
		contents[string(data)]++
	}
	put(t, filepath.Join(photos, ".hidden"), []byte("hidden"))
	put(t, filepath.Join(photos, ".git", "config"), []byte("hidden too"))
	put(t, filepath.Join(dir, "elsewhere"), []byte("linked"))
	for link, to := range map[string]string{"link.txt": "../elsewhere", "up": "..", "sub/up": "../../elsewhere"} {
		if err := os.Symlink(to, filepath.Join(photos, link)); err != nil {
			t.Fatal(err)
		}
	}
	contents["linked"] += 2
	sender := photoSender(t, dir, addr, "--set", "source.original=true", "--set", "source.recursive=true")
	receiver := photoReceiver(t, dir, addr)
	sender.ends(0)
	receiver.ends(0)
	for _, p := range []*process{sender, receiver} {
		if said := p.log(); strings.ContainsAny(said, "\x1b\r\a\x00") || strings.Contains(said, "\nbreak") {
			t.Errorf("a name steers the terminal:\n%q", said)
		}
	}
	received := filepath.Join(dir, "received")
	for name := range sums(t, received) {
		data, err := os.ReadFile(filepath.Join(received, name))
		if err != nil {
			t.Fatal(err)
		}
		if contents[string(data)]--; contents[string(data)] < 0 {
			t.Errorf("%q, of %d bytes, was not sent", name, len(data))
		}
	}
	maps.DeleteFunc(contents, func(_ string, left int) bool { return left == 0 })
	for data, left := range contents {
		t.Errorf("%d files of %d bytes that begin with %.40q did not arrive", left, len(data), data)
	}
	for i, name := range plainNames() {
		if data, err := os.ReadFile(filepath.Join(received, name)); err != nil || !bytes.Equal(data, bytes.Repeat([]byte(name), i*i*i)) {
			t.Errorf("%q did not arrive under its name: %v", name, err)
		}
	}
}

// TestFilesThatCannotBeSent names them, sends the others, and fails.
func TestFilesThatCannotBeSent(t *testing.T) {
	t.Parallel()
	dir, addr := t.TempDir(), freeAddress(t)
	photos := filepath.Join(dir, "photos")
	album(t, photos, false, 60_000, 60_001)
	put(t, filepath.Join(photos, "empty.jpg"), nil)
	put(t, filepath.Join(photos, "words\x1b.jpg"), []byte("no picture"))
	if err := syscall.Mkfifo(filepath.Join(photos, "pipe.jpg"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("nowhere", filepath.Join(photos, "broken.jpg")); err != nil {
		t.Fatal(err)
	}
	sender := photoSender(t, dir, addr)
	receiver := photoReceiver(t, dir, addr)
	sender.ends(1)
	receiver.ends(0)
	for _, want := range []string{
		"4 of 6 photos are not confirmed: ", "broken.jpg (cannot be used: it is gone)", "empty.jpg (cannot be used: the file is empty)",
		"pipe.jpg (cannot be used: it is not a file but a device, a pipe or a socket)", `words\x1b.jpg (cannot be used: not a picture that is known here`,
	} {
		sender.says(0, want)
	}
	if got := filesIn(t, filepath.Join(dir, "received")); !slices.Equal(got, []string{"IMG 0000.jpg", "IMG 0001.jpg"}) {
		t.Errorf("received %q", got)
	}
}

// TestSameNameOtherContent sends other photos under names that are taken, and the same ones again: nothing is
// overwritten, and nothing is sent that is there.
func TestSameNameOtherContent(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var total int64
	sent := make(map[string]bool)
	var chunks int64
	for round := range 4 {
		addr, folder := freeAddress(t), fmt.Sprintf("photos%d", round%3) // the fourth is the first once more
		if round < 3 {
			for i, size := range []int{60_000, 2_500_000, 70_000} {
				put(t, filepath.Join(dir, folder, "trip", fmt.Sprintf("IMG %d.jpg", i)), noisePhoto(t, size, uint64(10*round+i)))
				total += int64(size)
			}
			for _, sum := range sums(t, filepath.Join(dir, folder)) {
				sent[sum] = true
			}
		}
		proxy := startPhotoProxy(t, &photoProxy{to: addr})
		sender := photoSender(t, dir, addr, "--set", "source.path="+folder, "--set", "source.recursive=true")
		receiver := photoReceiver(t, dir, proxy.at)
		sender.ends(0)
		receiver.ends(0)
		n, _ := proxy.sent()
		chunks += n
	}
	if chunks != total {
		t.Errorf("%d bytes of photos were sent, want %d", chunks, total)
	}
	got := sums(t, filepath.Join(dir, "received"))
	var names []string
	for _, name := range slices.Sorted(maps.Keys(got)) {
		if !sent[got[name]] {
			t.Errorf("%s has bytes that nobody sent", name)
		}
		delete(sent, got[name])
		names = append(names, name)
	}
	want := []string{
		"trip/IMG 0-1.jpg", "trip/IMG 0-2.jpg", "trip/IMG 0.jpg", "trip/IMG 1-1.jpg", "trip/IMG 1-2.jpg", "trip/IMG 1.jpg",
		"trip/IMG 2-1.jpg", "trip/IMG 2-2.jpg", "trip/IMG 2.jpg",
	}
	if !slices.Equal(names, want) || len(sent) > 0 {
		t.Errorf("received %q", names)
	}
}

// TestLinksPlantedAtTheReceiver has links where photos would go: nothing is written outside the folder, and nothing
// that is there changes.
func TestLinksPlantedAtTheReceiver(t *testing.T) {
	t.Parallel()
	dir, addr := t.TempDir(), freeAddress(t)
	photos, received, outside := filepath.Join(dir, "photos"), filepath.Join(dir, "received"), filepath.Join(dir, "outside")
	for i, name := range []string{"IMG.jpg", "dangling.jpg", "evil/a.jpg", "loop/b.jpg", "ok.jpg", "inner/c.jpg", "file/d.jpg"} {
		put(t, filepath.Join(photos, name), noisePhoto(t, 60_000+i, uint64(i)))
	}
	put(t, filepath.Join(outside, "victim"), []byte("untouched"))
	put(t, filepath.Join(received, "file"), []byte("a file where a folder would be"))
	if err := os.Mkdir(filepath.Join(received, "real"), 0o755); err != nil {
		t.Fatal(err)
	}
	for link, to := range map[string]string{
		"IMG.jpg": outside + "/victim", "dangling.jpg": "../outside/new", "evil": "../outside", "loop": "loop", "inner": "real",
	} {
		if err := os.Symlink(to, filepath.Join(received, link)); err != nil {
			t.Fatal(err)
		}
	}
	sender := photoSender(t, dir, addr, "--set", "source.recursive=true")
	receiver := photoReceiver(t, dir, addr)
	sender.ends(1)
	receiver.ends(0)
	sender.says(0, "3 of 7 photos are not confirmed: evil/a.jpg (refused: ")
	if got := sums(t, outside); len(got) != 1 {
		t.Errorf("outside there is now %q", got)
	}
	if data, err := os.ReadFile(filepath.Join(outside, "victim")); string(data) != "untouched" {
		t.Errorf("a file outside was written to: %v", err)
	}
	for name, at := range map[string]string{"IMG.jpg": "IMG-1.jpg", "dangling.jpg": "dangling-1.jpg", "ok.jpg": "ok.jpg", "inner/c.jpg": "real/c.jpg"} {
		want, errSent := os.ReadFile(filepath.Join(photos, name))
		got, errReceived := os.ReadFile(filepath.Join(received, at))
		if errSent != nil || errReceived != nil || !bytes.Equal(got, want) {
			t.Errorf("%s did not arrive as %s: %v", name, at, errReceived)
		}
	}
}
