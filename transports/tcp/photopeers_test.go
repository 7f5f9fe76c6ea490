package tcp

import (
	"testing"

	"framewire/pipeline"
)

// With min_peers receivers every photo goes to each of them, whatever breaks between.
func TestPhotosForTwo(t *testing.T) {
	roll, at := shots(60_000, 3_000_000, 90_000, 1_200_000, 6_000_000, 10_000, 20_000, 30_000, 40_000, 50_000), freePort(t)
	first, second := newAlbum(), newAlbum()
	from, c := startCamera(t, SendConfig{Listen: at, MinPeers: 2}, roll)
	from.log.await(t, "waiting for 2 receivers")
	one := startCutter(t, at, cut{down: 100_000}, cut{up: 100}, cut{down: 2 << 20}, cut{up: 130}, cut{down: 4 << 20}, cut{up: 160})
	two := startCutter(t, at, cut{up: 130}, cut{up: 160}, cut{down: 1 << 20}, cut{up: 100}, cut{down: 3 << 20})
	a := startAlbum(t, ReceiveConfig{Dial: one.at}, first)
	b := startAlbum(t, ReceiveConfig{Dial: two.at}, second)
	from.wait(t)
	a.wait(t)
	b.wait(t)
	first.check(t, roll)
	second.check(t, roll)
	if n := c.delivered(t); n != len(roll) {
		t.Errorf("%d photos are confirmed, want %d", n, len(roll))
	}
}

// A receiver more than min_peers gets the photos too; when it leaves for good nobody waits for it.
func TestPhotosAndAVisitor(t *testing.T) {
	roll, at, into := shots(60_000, 3_000_000, 90_000), freePort(t), newAlbum()
	hold := &gate{page: page{into}, arrived: make(chan struct{}, 8), release: make(chan struct{})}
	staying := startChain(t, receiveNode(ReceiveConfig{Dial: at}), sinkNode(func() pipeline.Sink { return hold }))
	visitor := &gate{page: page{newAlbum()}, arrived: make(chan struct{}, 8), release: make(chan struct{})}
	visiting := startChain(t, receiveNode(ReceiveConfig{Dial: at}), sinkNode(func() pipeline.Sink { return visitor }))
	from, c := startCameraAt(t, SendConfig{Listen: at}, roll)
	from.log.await(t, "receivers=2")
	close(c.start)
	<-visitor.arrived
	close(hold.release)
	for range roll {
		<-hold.arrived
	}
	visiting.kill()
	close(visitor.release)
	<-visiting.over
	from.wait(t)
	staying.wait(t)
	into.check(t, roll)
	if n := c.delivered(t); n != len(roll) {
		t.Errorf("%d photos are confirmed, want %d", n, len(roll))
	}
}

// A relay confirms a photo when the one behind it has: what it holds itself counts for nothing.
func TestPhotosThroughARelay(t *testing.T) {
	roll, a := shots(60_000, 3_000_000, 90_000, 1_200_000, 16<<20, 10_000), newAlbum()
	up, down := freePort(t), freePort(t)
	proxy := startCutter(t, up)
	from, c := startCamera(t, SendConfig{Dial: proxy.at}, roll)
	relay := startChain(t, receiveNode(ReceiveConfig{Listen: up}), sendNode(SendConfig{Dial: down}))
	proxy.passing(t, 60_000) // it has one now, and nobody behind it
	c.mu.Lock()
	told := len(c.fate)
	c.mu.Unlock()
	if told > 0 {
		t.Errorf("%d photos are settled that only a relay has", told)
	}
	relay.kill()
	<-relay.over
	relay = startChain(t, receiveNode(ReceiveConfig{Listen: up}), sendNode(SendConfig{Dial: down}))
	into := startAlbum(t, ReceiveConfig{Listen: down}, a)
	from.wait(t)
	relay.wait(t)
	into.wait(t)
	a.check(t, roll)
	if n := c.delivered(t); n != len(roll) {
		t.Errorf("%d photos are confirmed, want %d", n, len(roll))
	}
}
