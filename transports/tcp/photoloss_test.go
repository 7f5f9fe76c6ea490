package tcp

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"framewire/pipeline"
	"framewire/pipeline/pipelinetest"
	"framewire/transports/wire"
)

// A receiver that is killed after a photo was written and before that was said has it when it is back.
func TestReceiverKilledBeforeItConfirms(t *testing.T) {
	roll, a, at := shots(60_000, 2_500_000, 90_000, 6_000_000, 1000), newAlbum(), freePort(t)
	reached := make(chan struct{})
	var kill sync.Once
	a.wrote = func(ctx context.Context, n int) error {
		if n%2 == 0 {
			held := false
			kill.Do(func() { held = true })
			if held {
				close(reached)
				<-ctx.Done()
				return ctx.Err()
			}
		}
		return nil
	}
	first := startAlbum(t, ReceiveConfig{Listen: at}, a)
	from, c := startCamera(t, SendConfig{Dial: at}, roll)
	<-reached
	first.kill()
	<-first.over
	from.log.await(t, "receiver left")
	into := startAlbum(t, ReceiveConfig{Listen: at}, a)
	from.wait(t)
	into.wait(t)
	a.check(t, roll)
	if n := c.delivered(t); n != len(roll) {
		t.Errorf("%d photos are confirmed, want %d", n, len(roll))
	}
}

// A sender that is killed in the middle of a large photo begins anew: the receiver has what came of it, and
// the photos that were kept.
func TestSenderKilledAmongPhotos(t *testing.T) {
	const large = 16 << 20
	roll, a, at := shots(60_000, 2_500_000, large, 90_000), newAlbum(), freePort(t)
	into := startAlbum(t, ReceiveConfig{Listen: at}, a)
	proxy := startCutter(t, at)
	first, c := startCamera(t, SendConfig{Dial: proxy.at}, roll)
	proxy.passing(t, 9<<20)
	first.kill()
	<-first.over
	c.await(t, len(roll)) // nothing is left open, and what was not confirmed is not said to be
	for name, told := range c.fate {
		if len(told) != 1 {
			t.Errorf("the source was told %d times of %s", len(told), name)
		}
	}
	into.log.await(t, "waiting for ")
	first, c = startCamera(t, SendConfig{Dial: proxy.at}, roll)
	first.wait(t)
	into.wait(t)
	a.check(t, roll)
	if n := c.delivered(t); n != len(roll) {
		t.Errorf("%d photos are confirmed, want %d", n, len(roll))
	}
	const all = 60_000 + 2_500_000 + large + 90_000
	if sent, _ := proxy.sent(); sent > all+wire.ChunkSize+wire.ChunkSize/16 {
		t.Errorf("%d bytes were sent of %d", sent, all)
	}
}

// A photo that is on its way to its output when the connection breaks, and is offered again, is not delivered
// twice: the answer goes to the connection that is there.
func TestPhotoOnItsWay(t *testing.T) {
	for _, keeps := range []bool{true, false} {
		roll, a, at := shots(60_000), newAlbum(), freePort(t)
		slow := &gate{page: page{a}, arrived: make(chan struct{}, 8), release: make(chan struct{})}
		sink := sinkNode(func() pipeline.Sink { return slow })
		if !keeps {
			sink = sinkNode(func() pipeline.Sink { return struct{ pipeline.Sink }{slow} })
		}
		var r *receiver
		into := startChain(t, receiveNodeOf(ReceiveConfig{Listen: at}, &r), sink)
		proxy := startCutter(t, at)
		from, c := startCamera(t, SendConfig{Dial: proxy.at}, roll)
		<-slow.arrived
		waits := func() (s *session) {
			r.arrivals.mu.Lock()
			defer r.arrivals.mu.Unlock()
			for _, on := range r.arrivals.way {
				s = on.waiters[0].s
			}
			return s
		}
		before := waits()
		proxy.breakOff()
		eventually(t, func() bool { return waits() != before })
		close(slow.release)
		from.wait(t)
		into.wait(t)
		a.check(t, roll)
		if n := c.delivered(t); n != 1 {
			t.Errorf("%d photos are confirmed, want 1", n)
		}
	}
}

// gate is a page that waits before it takes photos.
type gate struct {
	page
	arrived chan struct{}
	release chan struct{}
}

func (g *gate) Write(ctx context.Context, f *pipeline.Frame) error {
	g.arrived <- struct{}{}
	<-g.release
	return g.page.Write(ctx, f)
}

// An output that is lost for a while does not refuse: the photo is offered again and kept then.
func TestPhotoIsTriedAgain(t *testing.T) {
	roll, a, at := shots(60_000, 2_000_000), newAlbum(), freePort(t)
	sink := &failing{page: page{a}, left: 3}
	into := startChain(t, receiveNode(ReceiveConfig{Listen: at}), sinkNode(func() pipeline.Sink { return sink }))
	from, c := startCamera(t, SendConfig{Dial: at}, roll)
	from.log.await(t, "a photo could not be kept for now: the disk is gone")
	from.wait(t)
	into.wait(t)
	a.check(t, roll)
	if n := c.delivered(t); n != len(roll) {
		t.Errorf("%d photos are confirmed, want %d", n, len(roll))
	}
}

// failing is a page that is lost a few times.
type failing struct {
	page
	left int
}

func (s *failing) Write(ctx context.Context, f *pipeline.Frame) error {
	if s.left > 0 {
		s.left--
		return fmt.Errorf("the disk is gone: %w", pipeline.ErrLost)
	}
	return s.page.Write(ctx, f)
}

// What a part holds may be anything: the photo is sent whole then.
func TestDamagedPart(t *testing.T) {
	roll := shots(5 << 20)
	for name, part := range map[string][]byte{
		"other bytes":        bytes.Repeat([]byte("x"), 2<<20),
		"all bytes, one off": append([]byte{roll[0].data[0] + 1}, roll[0].data[1:]...),
		"more than all":      append(bytes.Clone(roll[0].data), 1),
		"all of it":          bytes.Clone(roll[0].data),
		"an odd number":      bytes.Clone(roll[0].data[:1234567]),
	} {
		t.Run(name, func(t *testing.T) {
			a, at := newAlbum(), freePort(t)
			a.parts[sumOf(roll[0])] = part
			into := startAlbum(t, ReceiveConfig{Listen: at}, a)
			proxy := startCutter(t, at)
			from, c := startCamera(t, SendConfig{Dial: proxy.at}, roll)
			from.wait(t)
			into.wait(t)
			a.check(t, roll)
			if n := c.delivered(t); n != 1 {
				t.Errorf("%d photos are confirmed, want 1", n)
			}
			if sent, _ := proxy.sent(); name == "all of it" && sent > 10_000 || name == "an odd number" && sent > 5<<20-1234567+10_000 {
				t.Errorf("%d bytes were sent", sent)
			}
		})
	}
}

// A sender that is stopped tells its source that what is unconfirmed is not delivered, and says so once.
func TestStopAmongPhotos(t *testing.T) {
	roll, a, at := shots(60_000, 70_000, 80_000), newAlbum(), freePort(t)
	slow := &gate{page: page{a}, arrived: make(chan struct{}, 8), release: make(chan struct{})}
	into := startChain(t, receiveNode(ReceiveConfig{Listen: at}), sinkNode(func() pipeline.Sink { return slow }))
	from, c := startCamera(t, SendConfig{Dial: at}, roll)
	<-slow.arrived
	from.Stop()
	from.wait(t)
	c.await(t, c.given)
	for name, told := range c.fate {
		if len(told) != 1 || told[0] == nil || errors.Is(told[0], pipeline.ErrSkip) {
			t.Errorf("of %s the source was told %v", name, told)
		}
	}
	from.log.await(t, "stopped before everything was delivered")
	close(slow.release)
	into.kill()
	<-into.over
}

// A sender that is stopped while a receiver is about to answer takes the answer.
func TestStopWaitsForAnswers(t *testing.T) {
	a, at := newAlbum(), freePort(t)
	slow := &gate{page: page{a}, arrived: make(chan struct{}, 8), release: make(chan struct{})}
	into := startChain(t, receiveNode(ReceiveConfig{Listen: at}), sinkNode(func() pipeline.Sink { return slow }))
	set := quick()
	set.answers = time.Hour
	env := pipelinetest.Env(t, pipeline.NewPool())
	s := newSender(SendConfig{Dial: at, MaxFrame: defaultMaxFrame, MinPeers: 1, MaxPeers: 1}, env, set)
	if err := s.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	f := env.Pool.Get(1000)
	f.Format, f.Meta.Name, f.Lossless, f.Confirm = pipeline.AnyFile, "a.jpg", true, true
	if err := s.Write(t.Context(), f); err != nil {
		t.Fatal(err)
	}
	f.Release()
	<-slow.arrived
	time.AfterFunc(20*time.Millisecond, func() { close(slow.release) })
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if n := env.Counters.Dropped.Load(); n != 0 || env.Pool.Outstanding() != 0 {
		t.Errorf("%d photos were given up, %d frames are outstanding", n, env.Pool.Outstanding())
	}
	into.kill()
	<-into.over
}
