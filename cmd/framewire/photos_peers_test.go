//go:build unix

package main

import (
	"path/filepath"
	"sync/atomic"
	"syscall"
	"testing"

	"framewire/pipeline"
	"framewire/transports/wire"
)

// photoRelay starts the relay's role between two ends.
func photoRelay(t *testing.T, dir, from, at string) *process {
	t.Helper()
	return start(t, dir, "run", role(t, "relay.yaml"), "--set", "receive.dial="+from, "--set", "send.listen="+at)
}

// TestRelayConfirmsNothingByItself has a relay with nobody behind it: the sender must not believe that its photos
// are safe.
func TestRelayConfirmsNothingByItself(t *testing.T) {
	t.Parallel()
	dir, addr, relayed := t.TempDir(), freeAddress(t), freeAddress(t)
	album(t, filepath.Join(dir, "photos"), false, 60_000, 1_500_000, 70_000)
	came := make(chan struct{})
	var last atomic.Bool
	proxy := startPhotoProxy(t, &photoProxy{to: addr, rule: func(m passed) int {
		if m.is(wire.TypePing) && m.nth == 1 && !last.Swap(true) { // a second after the first
			close(came)
		}
		return whole
	}})
	sender := photoSender(t, dir, addr)
	relay := photoRelay(t, dir, proxy.at, relayed)
	relay.says(0, "waiting for 1 receiver")
	<-came
	sender.signal(syscall.SIGTERM)
	sender.ends(1)
	sender.says(0, "3 of 3 photos are not confirmed: IMG 0000.jpg, IMG 0001.jpg, IMG 0002.jpg")

	// With a receiver behind it they are.
	receiver := photoReceiver(t, dir, relayed)
	receiver.says(0, "sender connected")
	sender = photoSender(t, dir, addr)
	sender.ends(0)
	relay.ends(0)
	receiver.ends(0)
	equalFolders(t, dir, "photos", "received")
}

// TestRelayKilledAtAnyMoment kills the relay between sender and receiver.
func TestRelayKilledAtAnyMoment(t *testing.T) {
	t.Parallel()
	dir, addr, relayed := t.TempDir(), freeAddress(t), freeAddress(t)
	album(t, filepath.Join(dir, "photos"), false, albumSizes()...)
	k := newKiller(4)
	proxy := startPhotoProxy(t, &photoProxy{to: addr, rule: k.rule})
	sender := photoSender(t, dir, addr)
	receiver := photoReceiver(t, dir, relayed)
	for again := true; again; {
		relay := photoRelay(t, dir, proxy.at, relayed)
		k.victim.Store(relay)
		<-relay.done
		if again = relay.cmd.ProcessState.ExitCode() != 0; again && k.victim.Load() == relay {
			t.Fatal("a relay ended by itself")
		}
	}
	sender.ends(0)
	receiver.ends(0)
	equalFolders(t, dir, "photos", "received")
}

// TestPhotosToTwoReceivers has two that must both have each photo, one of which is killed again and again.
func TestPhotosToTwoReceivers(t *testing.T) {
	t.Parallel()
	dir, addr := t.TempDir(), freeAddress(t)
	total := album(t, filepath.Join(dir, "photos"), false, albumSizes()...)
	sender := photoSender(t, dir, addr, "--set", "send.min_peers=2")
	steady := photoReceiver(t, dir, addr, "--set", "sinks.0.dir=steady")
	steady.says(0, "sender connected")
	k := newKiller(5)
	proxy := startPhotoProxy(t, &photoProxy{to: addr, rule: k.rule})
	k.restart(t, func() *process { return photoReceiver(t, dir, proxy.at) })
	sender.ends(0)
	steady.ends(0)
	equalFolders(t, dir, "photos", "steady")
	equalFolders(t, dir, "photos", "received")
	sentOnce(t, proxy, total, k.kills)
}

// TestPhotosOverASecret cuts an encrypted connection at many places.
func TestPhotosOverASecret(t *testing.T) {
	t.Parallel()
	dir, addr := t.TempDir(), freeAddress(t)
	album(t, filepath.Join(dir, "photos"), false, albumSizes()...)
	const times = 6
	var sent atomic.Int64
	proxy := startPhotoProxy(t, &photoProxy{to: addr, opaque: true, rule: func(m passed) int {
		if m.sender && m.conn < times && sent.Add(int64(m.size)) > int64(1+m.conn)*4_000_000 {
			return m.size / 2
		}
		return whole
	}})
	env := []string{"FRAMEWIRE_SECRET=the same passphrase at both ends"}
	sender := startEnv(t, dir, env, "run", role(t, "photo-sender.yaml"), "--set", "send.listen="+addr)
	stranger := photoReceiver(t, dir, addr, "--set", "sinks.0.dir=stolen")
	stranger.says(0, "secret")
	stranger.signal(syscall.SIGTERM)
	stranger.ends(0)
	receiver := startEnv(t, dir, env, "run", role(t, "photo-receiver.yaml"), "--set", "receive.dial="+proxy.at)
	sender.ends(0)
	receiver.ends(0)
	equalFolders(t, dir, "photos", "received")
	if got := filesIn(t, filepath.Join(dir, "stolen")); len(got) > 0 {
		t.Errorf("one without the secret got %q", got)
	}
	if _, cuts := proxy.sent(); cuts != times {
		t.Errorf("%d cuts, want %d", cuts, times)
	}
}

// TestPhotosToMoreThanAFolder has outputs beside the one that keeps the photos. What these do with a photo does not
// count.
func TestPhotosToMoreThanAFolder(t *testing.T) {
	t.Parallel()
	dir, addr := t.TempDir(), freeAddress(t)
	album(t, filepath.Join(dir, "photos"), false, albumSizes()...)
	sender := photoSender(t, dir, addr)
	receiver := start(t, dir, "run", "--report", "r.json", config(t, dir, "r.yaml", `
receive: {type: tcp, dial: "`+addr+`"}
sinks:
  - {type: "null", decode: true, queue: {size: 1, when_full: drop_oldest}}
  - {type: snapshot, dir: received}
  - {type: snapshot, dir: minutes, every: 1h}
`))
	sender.ends(0)
	receiver.ends(0)
	equalFolders(t, dir, "photos", "received")
	rep := readReport(t, filepath.Join(dir, "r.json"))
	if got := stageOf(t, rep, "receive", "tcp").FramesOut; rep.State != pipeline.StateEnded || got != uint64(len(albumSizes())) {
		t.Errorf("%d photos came, state %s", got, rep.State)
	}
}
