//go:build unix

package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"testing"

	"framewire/transports/wire"
)

// watching starts the role with a folder that it watches. A file counts as complete as soon as a second look finds
// it unchanged.
func watching(t *testing.T, dir, addr string, flags ...string) *process {
	t.Helper()
	return photoSender(t, dir, addr, append([]string{"--set", "source.watch=true", "--set", "source.recursive=true", "--set", "source.settle=300ms"}, flags...)...)
}

// TestWatchedFolder gives photos that were there, that are written in two halves, renamed into place and put into new
// folders, and stops the sender in the end.
func TestWatchedFolder(t *testing.T) {
	t.Parallel()
	dir, addr := t.TempDir(), freeAddress(t)
	photos := filepath.Join(dir, "photos")
	total := album(t, photos, true, 60_000, 1_500_000, 61_000)
	proxy := startPhotoProxy(t, &photoProxy{to: addr})
	receiver := photoReceiver(t, dir, proxy.at)
	sender := watching(t, dir, addr)
	line := sender.says(0, "3 of 3")

	// One that is written in two halves is sent when it is whole.
	slow := noisePhoto(t, 2_000_000, 100)
	f, err := os.Create(filepath.Join(photos, "slow.jpg"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write(slow[:1_200_000]); err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(photos, "beside.jpg"), noisePhoto(t, 70_000, 101))
	line = sender.says(line, "beside.jpg") // it waits for its settle time, which began later
	if _, err := f.Write(slow[1_200_000:]); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	line = sender.says(line, "slow.jpg")

	// Renamed into place, and from elsewhere.
	put(t, filepath.Join(photos, ".coming.jpg.tmp"), noisePhoto(t, 80_000, 102))
	put(t, filepath.Join(dir, "coming.jpg"), noisePhoto(t, 81_000, 103))
	for from, to := range map[string]string{filepath.Join(photos, ".coming.jpg.tmp"): "renamed.jpg", filepath.Join(dir, "coming.jpg"): "moved.jpg"} {
		if err := os.Rename(from, filepath.Join(photos, to)); err != nil {
			t.Fatal(err)
		}
	}
	line = sender.says(line, "photo is confirmed")
	line = sender.says(line, "photo is confirmed")

	// In a folder that is made now, and one that is moved here as a whole.
	put(t, filepath.Join(photos, "new/deeper/a.jpg"), noisePhoto(t, 62_000, 104))
	put(t, filepath.Join(dir, "whole/inside/b.jpg"), noisePhoto(t, 63_000, 105))
	if err := os.Rename(filepath.Join(dir, "whole"), filepath.Join(photos, "whole")); err != nil {
		t.Fatal(err)
	}
	line = sender.says(line, "photo is confirmed")
	sender.says(line, "photo is confirmed")

	sender.signal(syscall.SIGTERM)
	sender.ends(0)
	receiver.signal(syscall.SIGTERM)
	receiver.ends(0)
	equalFolders(t, dir, "photos", "received")
	for _, size := range []int{2_000_000, 70_000, 80_000, 81_000, 62_000, 63_000} {
		total += int64(size)
	}
	sentOnce(t, proxy, total, 0)
}

// TestWatcherKilledAgainAndAgain drops photos into a folder while its sender is killed and started again: nothing is
// sent twice, and nothing is forgotten. Then the receiver's photos are taken away: they are not sent again.
func TestWatcherKilledAgainAndAgain(t *testing.T) {
	t.Parallel()
	dir, addr := t.TempDir(), freeAddress(t)
	photos, received := filepath.Join(dir, "photos"), filepath.Join(dir, "received")
	random := rand.New(rand.NewPCG(photoSeed, 3))
	total := album(t, photos, true, 60_000, 1_500_000, 61_000)
	drop := func(i int) {
		for j := range 2 {
			size := 60_000 + random.IntN(2_000_000)
			put(t, filepath.Join(photos, fmt.Sprintf("drop %d/%d.jpg", i, j)), noisePhoto(t, size, uint64(1000+10*i+j)))
			total += int64(size)
		}
	}
	var victim atomic.Pointer[process]
	var left atomic.Int64
	proxy := startPhotoProxy(t, &photoProxy{to: addr, senderDials: true, rule: func(m passed) int {
		if m.kind >= wire.TypeOffer && left.Add(-1) == 0 {
			_ = victim.Load().cmd.Process.Kill()
			return m.size / 2
		}
		return whole
	}})
	receiver := photoReceiver(t, dir, addr, listening(addr)...)
	for i := range photoKills {
		drop(i)
		left.Store(int64(1 + random.IntN(8))) // two photos take eight messages
		sender := watching(t, dir, addr, append(dialling(proxy.at), "--set", "source.settle=50ms")...)
		victim.Store(sender)
		<-sender.done
	}
	sender := watching(t, dir, addr, append(dialling(proxy.at), "--set", "source.settle=50ms")...)
	want := arrived(t, photos)
	eventually(t, "all photos at the receiver", func() bool { return arrived(t, received) >= want })
	sender.signal(syscall.SIGTERM)
	sender.ends(0)
	equalFolders(t, dir, "photos", "received")
	sentOnce(t, proxy, total, photoKills)

	if err := os.Rename(received, filepath.Join(dir, "taken away")); err != nil {
		t.Fatal(err)
	}
	receiver.signal(syscall.SIGTERM)
	receiver.ends(0)
	before, _ := proxy.sent()
	total = 0
	drop(photoKills)
	receiver = photoReceiver(t, dir, addr, listening(addr)...)
	sender = watching(t, dir, addr, append(dialling(proxy.at), "--set", "source.settle=50ms")...)
	sender.says(sender.says(0, "photo is confirmed"), "photo is confirmed")
	sender.signal(syscall.SIGTERM)
	sender.ends(0)
	receiver.signal(syscall.SIGTERM)
	receiver.ends(0)
	if after, _ := proxy.sent(); after-before != total {
		t.Errorf("%d bytes of photos were sent, want the %d of the new ones", after-before, total)
	}
	if got := len(sums(t, received)); got != 2 {
		t.Errorf("%d photos arrived, want the 2 new ones", got)
	}
}
