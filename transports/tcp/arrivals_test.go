package tcp

import (
	"bytes"
	"context"
	"sync"
	"testing"

	"framewire/pipeline"
)

// Where no output keeps photos they are delivered once nevertheless, though the same picture may be shown
// again.
func TestPhotosForNoKeeper(t *testing.T) {
	roll := shots(200_000, 3_000_000, 10_000)
	roll = append(roll, roll[0], roll[1])
	at, seen := freePort(t), &gallery{}
	into := startChain(t, receiveNode(ReceiveConfig{Listen: at}), sinkNode(func() pipeline.Sink { return seen }))
	proxy := startCutter(t, at, cut{down: 70}, cut{down: 100}, cut{up: 1 << 20}, cut{up: 3 << 20}, cut{down: 130}, cut{down: 160})
	from, _ := startCamera(t, SendConfig{Dial: proxy.at}, roll)
	from.wait(t)
	into.wait(t)
	if len(seen.photos) != len(roll) {
		t.Fatalf("%d photos were shown, want %d", len(seen.photos), len(roll))
	}
	for i, photo := range roll {
		if !bytes.Equal(seen.photos[i].data, photo.data) || seen.photos[i].name != photo.name {
			t.Errorf("photo %d shown is %s", i, seen.photos[i].name)
		}
	}
}

// gallery is a sink that keeps nothing beyond its own life.
type gallery struct {
	mu     sync.Mutex
	photos []shot
}

func (g *gallery) Open(context.Context) error { return nil }
func (g *gallery) Close() error               { return nil }

func (g *gallery) Write(_ context.Context, f *pipeline.Frame) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.photos = append(g.photos, shot{f.Meta.Name, bytes.Clone(f.Data)})
	return nil
}

// A receiver remembers a bounded number of photos that it delivered.
func TestRememberedPhotosAreBounded(t *testing.T) {
	a := newArrivals(nil)
	for seq := range uint64(2*maxRemembered + 10) {
		a.remember(photoKey{seq: seq})
	}
	if len(a.had) != maxRemembered || len(a.recent) != maxRemembered {
		t.Errorf("%d photos are remembered, want %d", len(a.had), maxRemembered)
	}
	for _, seq := range []uint64{maxRemembered + 10, 2*maxRemembered + 9} {
		if _, ok := a.had[photoKey{seq: seq}]; !ok {
			t.Errorf("photo %d is forgotten", seq)
		}
	}
}
