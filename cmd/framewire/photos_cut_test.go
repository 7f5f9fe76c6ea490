//go:build unix

package main

import (
	"fmt"
	"path/filepath"
	"sync"
	"syscall"
	"testing"

	"framewire/transports/wire"
)

// albumSizes are those of photos as people have them, and those at which chunks end.
func albumSizes() []int {
	return []int{60_000, chunk, 350_000, 16_000_000, 90_000, chunk + 1, 700_000, 3_000_000, 2 * chunk, 61_000, 5_000_000}
}

// cutPlace is where a connection is cut: how many bytes of a message pass that is meant.
type cutPlace struct {
	name  string
	bytes int // that pass; those behind the message's end are none
	meant func(m passed) bool
}

// cutPlaces are those of ten connections, one after the other.
func cutPlaces() []cutPlace {
	nth := func(sender bool, kind wire.Type, n int) func(m passed) bool {
		return func(m passed) bool { return m.sender == sender && m.kind == kind && m.nth == n }
	}
	return []cutPlace{
		{"in the receiver's hello", 7, nth(false, kindHello, 0)},
		{"in the sender's hello", 20, nth(true, kindHello, 0)},
		{"in the third offer", 40, nth(true, wire.TypeOffer, 2)},
		{"behind the first offer", 1 << 30, nth(true, wire.TypeOffer, 0)},
		{"before the first answer", 0, nth(false, wire.TypeAnswer, 0)},
		{"in the middle of the second chunk", 130_000, nth(true, wire.TypeChunk, 1)},
		{"between a chunk and its answer", 1 << 30, nth(true, wire.TypeChunk, 2)},
		{"between the last chunk and the confirmation", 0, func(m passed) bool { return m.is(wire.TypeAnswer) && m.verdict == wire.VerdictKept }},
		{"in a later chunk of a large photo", 250_000, nth(true, wire.TypeChunk, 6)},
		{"in the middle of an answer", 11, nth(false, wire.TypeAnswer, 3)},
	}
}

func TestPhotosThroughACutConnection(t *testing.T) {
	t.Parallel()
	for _, abort := range []bool{false, true} {
		t.Run(fmt.Sprintf("reset=%v", abort), func(t *testing.T) {
			t.Parallel()
			dir, addr := t.TempDir(), freeAddress(t)
			total := album(t, filepath.Join(dir, "photos"), false, albumSizes()...)
			places := cutPlaces()
			var mu sync.Mutex
			next, cutOff := 0, -1 // the place, and the last connection that was cut, in either direction
			proxy := startPhotoProxy(t, &photoProxy{to: addr, abort: abort, rule: func(m passed) int {
				mu.Lock()
				defer mu.Unlock()
				if next < len(places) && m.conn != cutOff && places[next].meant(m) {
					t.Logf("cut %s", places[next].name)
					next, cutOff = next+1, m.conn
					return places[next-1].bytes
				}
				return whole
			}})
			sender := photoSender(t, dir, addr)
			receiver := photoReceiver(t, dir, proxy.at)
			sender.ends(0)
			receiver.ends(0)
			equalFolders(t, dir, "photos", "received")
			if _, cuts := proxy.sent(); cuts != len(places) {
				t.Errorf("%d cuts were made, want %d", cuts, len(places))
			}
			sentOnce(t, proxy, total, len(places))
		})
	}
}

// TestPhotosWhoseEndIsCutOff cuts the connection in the last message. The sender has all confirmations and ends; the
// receiver waits for one who may come, until it is stopped.
func TestPhotosWhoseEndIsCutOff(t *testing.T) {
	t.Parallel()
	dir, addr := t.TempDir(), freeAddress(t)
	album(t, filepath.Join(dir, "photos"), false, 60_000, 70_000)
	proxy := startPhotoProxy(t, &photoProxy{to: addr, rule: func(m passed) int {
		if m.is(wire.TypeEnd) {
			return 5
		}
		return whole
	}})
	sender := photoSender(t, dir, addr)
	receiver := photoReceiver(t, dir, proxy.at)
	sender.ends(0)
	receiver.says(0, "connection lost")
	receiver.signal(syscall.SIGTERM)
	receiver.ends(0)
	equalFolders(t, dir, "photos", "received")
}
