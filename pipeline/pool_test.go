package pipeline

import (
	"runtime"
	"sync"
	"testing"
)

func TestSizeClassesWasteAQuarterAtMost(t *testing.T) {
	sizes := []int{0, 1, 511, 512, 513, 640, 641, 1280 * 720 * 3, 1920 * 1080 * 3, 3840 * 2160 * 3, MaxPixels * 8}
	for n := 513; n < 1<<30; n += n/97 + 1 {
		sizes = append(sizes, n)
	}
	for _, n := range sizes {
		class := sizeClass(n)
		if class < n || n > 512 && 4*(class-n) > n {
			t.Fatalf("%d bytes lie in a buffer of %d", n, class)
		}
		if again := sizeClass(class); again != class {
			t.Fatalf("the class of %d is %d, whose own class is %d", n, class, again)
		}
	}
}

func TestPoolUsesBuffersAgain(t *testing.T) {
	p := NewPool()
	f := p.Get(1000)
	first := &f.Data[0]
	f.Release()
	f = p.Get(900) // same class
	if &f.Data[0] != first {
		t.Error("the buffer was not used again")
	}
	if len(f.Data) != 900 {
		t.Errorf("%d bytes, want 900", len(f.Data))
	}
	g := p.Get(900)
	if &g.Data[0] == first {
		t.Error("two frames share a buffer")
	}
	f.Release()
	g.Release()
}

func TestReusedFramesAreEmpty(t *testing.T) {
	p := NewPool()
	f := p.Get(4)
	f.Seq, f.Key, f.Lossless, f.Meta.Name, f.Format = 7, true, true, "x", JPEG(1, 1)
	f.Captured, f.PTS, f.Stream = zeroTime.AddDate(1, 0, 0), 5, StreamID{1}
	f.goOn(newTrip(0, f, nil, &sync.Pool{}))
	f.Release()
	g := p.Get(4)
	defer g.Release()
	if g != f {
		t.Fatal("the header was not used again")
	}
	if g.Seq != 0 || g.Key || g.Lossless || g.Meta != (Meta{}) || g.Format != (Format{}) || !g.Captured.IsZero() ||
		g.PTS != 0 || g.Stream != (StreamID{}) || g.trip != nil {
		t.Errorf("a new frame still has %+v", g)
	}
}

func TestPoison(t *testing.T) {
	p := NewPool()
	p.Poison()
	f := p.Get(1000)
	data := f.Data
	f.Resize(10) // what it held before is overwritten too
	f.Release()
	for i, b := range data {
		if b != 0xDB {
			t.Fatalf("byte %d is %#x after the last Release", i, b)
		}
	}
	if f.Data != nil {
		t.Error("a released frame has data")
	}
}

func TestPoolKeepsNoMoreThanItsLimit(t *testing.T) {
	p := NewPool()
	const size = 32 << 20
	var frames []*Frame
	for range idleLimit/size + 3 {
		frames = append(frames, p.Get(size))
	}
	for _, f := range frames {
		f.Release()
	}
	if p.idle > idleLimit || len(p.free[size].bufs) != idleLimit/size {
		t.Errorf("%d bytes in %d buffers are kept, the limit is %d", p.idle, len(p.free[size].bufs), idleLimit)
	}
}

// TestPoolForgetsOtherSizes fills the pool with the buffers of one format. A stream of another must find
// room all the same, or it would allocate for each frame.
func TestPoolForgetsOtherSizes(t *testing.T) {
	p := NewPool()
	const old, size = 32 << 20, 24 << 20
	var frames []*Frame
	for range idleLimit / old {
		frames = append(frames, p.Get(old))
	}
	for _, f := range frames {
		f.Release()
	}
	f := p.Get(size)
	first := &f.Data[0]
	f.Release()
	f = p.Get(size)
	if &f.Data[0] != first {
		t.Error("the new buffer was not kept")
	}
	f.Release()
	kept := 0
	for size, c := range p.free {
		kept += size * len(c.bufs)
	}
	if kept != p.idle || kept > idleLimit {
		t.Errorf("%d bytes are kept and %d counted, the limit is %d", kept, p.idle, idleLimit)
	}
}

// TestPoolForgetsWhatPiledUp lets frames pile up once, and then goes on with two at a time.
func TestPoolForgetsWhatPiledUp(t *testing.T) {
	p := NewPool()
	const size = 1 << 20
	var frames []*Frame
	for range 20 {
		frames = append(frames, p.Get(size))
	}
	for _, f := range frames {
		f.Release()
	}
	two := func() {
		f, g := p.Get(size), p.Get(size)
		f.Release()
		g.Release()
	}
	for range lookAfter / 2 {
		two()
	}
	if n := len(p.free[size].bufs); n != 20 {
		t.Errorf("%d of 20 buffers are kept while nobody can know that they are not needed", n)
	}
	for range lookAfter {
		two()
	}
	if n := len(p.free[size].bufs); n != 2 || p.idle != 2*size {
		t.Errorf("%d buffers and %d bytes are kept, two are needed", n, p.idle)
	}
	if got := testing.AllocsPerRun(4*lookAfter, two); got != 0 {
		t.Errorf("%g allocations a time", got)
	}
}

func TestPoolFromManyGoroutines(t *testing.T) {
	p := NewPool()
	var group sync.WaitGroup
	for worker := range byte(8) {
		group.Go(func() {
			for i := range 500 {
				f := p.Get(512 << (i % 6))
				for j := range f.Data[:64] {
					f.Data[j] = worker
				}
				runtime.Gosched()
				for j := range f.Data[:64] {
					if f.Data[j] != worker {
						t.Errorf("somebody else writes to the frame")
						break
					}
				}
				f.Release()
			}
		})
	}
	group.Wait()
	if n := p.Outstanding(); n != 0 {
		t.Errorf("%d frames are outstanding", n)
	}
}

func TestSteadyStateAllocatesNothing(t *testing.T) {
	p := NewPool()
	for _, n := range []int{100, 300_000, 1920 * 1080 * 3} {
		if got := testing.AllocsPerRun(100, func() {
			f := p.Get(n)
			d := f.Derive(n / 2)
			f.Release()
			d.Release()
		}); got != 0 {
			t.Errorf("%g allocations for frames of %d bytes", got, n)
		}
	}
}

func BenchmarkPool(b *testing.B) {
	p := NewPool()
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			p.Get(1920 * 1080 * 3).Release()
		}
	})
}
