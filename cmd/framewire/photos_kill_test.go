//go:build unix

package main

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"framewire/transports/wire"

	"github.com/fsnotify/fsnotify"
)

// killer kills one end of a transfer when so many messages have passed, and then again after so many more.
type killer struct {
	victim atomic.Pointer[process]

	mu     sync.Mutex
	random *rand.Rand
	left   int // messages until the next kill
	kills  int
}

func newKiller(seed uint64) *killer {
	k := &killer{random: rand.New(rand.NewPCG(photoSeed, seed))}
	k.left = k.pause()
	return k
}

func (k *killer) pause() int { return 1 + k.random.IntN(40) }

// rule is the proxy's: what would pass when it is time passes in part.
func (k *killer) rule(m passed) int {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.left--; k.left > 0 || k.kills == photoKills || k.victim.Load() == nil {
		return whole
	}
	k.kills++
	k.left = k.pause()
	_ = k.victim.Swap(nil).cmd.Process.Kill()
	return k.random.IntN(m.size + 1)
}

// restart starts the end that is killed again and again, until it ends well.
func (k *killer) restart(t *testing.T, start func() *process) {
	t.Helper()
	for {
		end := start()
		k.victim.Store(end)
		<-end.done
		switch {
		case end.cmd.ProcessState.ExitCode() == 0:
			return
		case k.victim.Load() == end:
			t.Fatal("the end that is to be killed ended by itself")
		}
	}
}

func TestPhotoReceiverKilledAtAnyMoment(t *testing.T) {
	t.Parallel()
	for name, sizes := range map[string][]int{
		"all sizes": slices.Repeat(albumSizes(), photoKills/5),
		"small":     slices.Repeat([]int{700_000, 90_000, 400_000, 1_000_000}, 2*photoKills),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			killedReceiver(t, sizes)
		})
	}
}

// killedReceiver sends photos of those sizes to a receiver that is killed again and again.
func killedReceiver(t *testing.T, sizes []int) {
	t.Helper()
	dir, addr := t.TempDir(), freeAddress(t)
	total := album(t, filepath.Join(dir, "photos"), false, sizes...)
	k := newKiller(1)
	proxy := startPhotoProxy(t, &photoProxy{to: addr, rule: k.rule})
	sender := photoSender(t, dir, addr)
	k.restart(t, func() *process { return photoReceiver(t, dir, proxy.at) })
	sender.ends(0)
	equalFolders(t, dir, "photos", "received")
	sentOnce(t, proxy, total, k.kills)
}

func TestPhotoSenderKilledAtAnyMoment(t *testing.T) {
	t.Parallel()
	dir, addr := t.TempDir(), freeAddress(t)
	total := album(t, filepath.Join(dir, "photos"), false, slices.Repeat(albumSizes(), photoKills/5)...)
	k := newKiller(2)
	proxy := startPhotoProxy(t, &photoProxy{to: addr, senderDials: true, rule: k.rule})
	receiver := photoReceiver(t, dir, addr, listening(addr)...)
	k.restart(t, func() *process { return photoSender(t, dir, addr, dialling(proxy.at)...) })
	receiver.ends(0)
	equalFolders(t, dir, "photos", "received")
	sentOnce(t, proxy, total, k.kills)
}

// TestPhotoReceiverKilledBetweenWriteAndConfirm kills it whenever a photo is there and its confirmation is not: the
// photo is in the folder, and its sender has not heard of it.
func TestPhotoReceiverKilledBetweenWriteAndConfirm(t *testing.T) {
	t.Parallel()
	dir, addr := t.TempDir(), freeAddress(t)
	sizes := []int{60_000, 3_000_000, 700_000, chunk, 5_000_000}
	total := album(t, filepath.Join(dir, "photos"), false, sizes...)
	var victim atomic.Pointer[process]
	var last, kills atomic.Uint64
	proxy := startPhotoProxy(t, &photoProxy{to: addr, rule: func(m passed) int {
		if !m.is(wire.TypeAnswer) || m.verdict != wire.VerdictKept || m.transfer <= last.Load() {
			return whole
		}
		last.Store(m.transfer)
		kills.Add(1)
		_ = victim.Load().cmd.Process.Kill()
		return 0
	}})
	sender := photoSender(t, dir, addr)
	for again := true; again; {
		receiver := photoReceiver(t, dir, proxy.at)
		victim.Store(receiver)
		<-receiver.done
		again = receiver.cmd.ProcessState.ExitCode() != 0
	}
	sender.ends(0)
	equalFolders(t, dir, "photos", "received")
	if n := kills.Load(); n != uint64(len(sizes)) {
		t.Errorf("%d kills, want one for each of the %d photos", n, len(sizes))
	}
	sentOnce(t, proxy, total, len(sizes))
}

// TestPhotoReceiverKilledWhileItWrites kills it as soon as something of its own appears in its folder: a temporary
// file, or a part.
func TestPhotoReceiverKilledWhileItWrites(t *testing.T) {
	t.Parallel()
	dir, addr := t.TempDir(), freeAddress(t)
	total := album(t, filepath.Join(dir, "photos"), false, 60_000, 9_000_000, 300_000, 3_000_000, 900_000)
	folder := filepath.Join(dir, "received")
	if err := os.Mkdir(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	watch, err := fsnotify.NewWatcher()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = watch.Close() }()
	if err := watch.Add(folder); err != nil {
		t.Fatal(err)
	}
	proxy := startPhotoProxy(t, &photoProxy{to: addr})
	sender := photoSender(t, dir, addr)
	kills := 0
	for again := true; again; {
		receiver := photoReceiver(t, dir, proxy.at)
		made := 0
		for running := true; running; {
			select {
			case e := <-watch.Events:
				if !e.Has(fsnotify.Create) || !strings.HasPrefix(filepath.Base(e.Name), ".framewire-") {
					continue
				}
				if made++; made == 2 && kills < photoKills { // the first is made to see whether it may
					kills++
					receiver.kill()
				}
			case <-receiver.done:
				running = false
			}
		}
		again = receiver.cmd.ProcessState.ExitCode() != 0
	}
	sender.ends(0)
	equalFolders(t, dir, "photos", "received")
	sentOnce(t, proxy, total, kills)
}

// TestPhotoSenderStoppedHalfWay stops it in the middle and wants it to name what is missing, and a second run to send
// that and no more.
func TestPhotoSenderStoppedHalfWay(t *testing.T) {
	t.Parallel()
	dir, addr := t.TempDir(), freeAddress(t)
	total := album(t, filepath.Join(dir, "photos"), false, 60_000, 70_000, 8_000_000, 80_000)
	var sender atomic.Pointer[process]
	proxy := startPhotoProxy(t, &photoProxy{to: addr, rule: func(m passed) int {
		if m.is(wire.TypeChunk) && m.transfer == 3 && m.nth == 10 && m.conn == 0 {
			sender.Load().signal(syscall.SIGTERM)
			<-sender.Load().done // what is missing does not come through in its last second
		}
		return whole
	}})
	first := photoSender(t, dir, addr, "--report", "sent.json")
	sender.Store(first)
	receiver := photoReceiver(t, dir, proxy.at)
	first.ends(1)
	first.says(0, "2 of 4 photos are not confirmed: IMG 0002.jpg, IMG 0003.jpg")
	photoSender(t, dir, addr).ends(0)
	receiver.ends(0)
	equalFolders(t, dir, "photos", "received")
	sentOnce(t, proxy, total, 1)
	if got := readReport(t, filepath.Join(dir, "sent.json")).Error; !strings.Contains(got, "2 of 4 photos are not confirmed") {
		t.Errorf("the report says %q", got)
	}
}
