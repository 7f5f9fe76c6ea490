package pipeline

import (
	"bytes"
	"sync"
	"testing"
	"time"
)

func mustPanic(t *testing.T, want string, fn func()) {
	t.Helper()
	defer func() {
		t.Helper()
		if v := recover(); v != want {
			t.Errorf("panic: %v, want %q", v, want)
		}
	}()
	fn()
}

func TestReferencesAreCounted(t *testing.T) {
	p := NewPool()
	f := p.Get(10)
	if f.Retain() != f {
		t.Error("Retain gives another frame")
	}
	f.Release()
	if n := p.Outstanding(); n != 1 {
		t.Errorf("%d frames are outstanding while one reference is left", n)
	}
	f.Release()
	if n := p.Outstanding(); n != 0 {
		t.Errorf("%d frames are outstanding after the last Release", n)
	}
}

func TestReleasedFramesCannotBeUsed(t *testing.T) {
	p := NewPool()
	p.Poison()
	f := p.Get(10)
	f.Release()
	other := p.Get(10) // a poisoned pool does not give the header away again
	mustPanic(t, "pipeline: Release of a released frame", f.Release)
	other.Release()

	f = p.Get(10)
	f.Release()
	mustPanic(t, "pipeline: Retain of a released frame", func() { f.Retain() })
}

func TestReleaseFromManyGoroutines(t *testing.T) {
	p := NewPool()
	p.Poison()
	f := p.Get(1 << 16)
	for i := range f.Data {
		f.Data[i] = 7
	}
	const readers = 16
	var group sync.WaitGroup
	for range readers {
		f.Retain()
		group.Go(func() {
			defer f.Release()
			for i, b := range f.Data {
				if b != 7 {
					t.Errorf("byte %d is %#x before the last Release", i, b)
					return
				}
			}
		})
	}
	f.Release()
	group.Wait()
	if n := p.Outstanding(); n != 0 {
		t.Errorf("%d frames are outstanding", n)
	}
}

func TestDeriveCopiesAllButTheData(t *testing.T) {
	p := NewPool()
	f := p.Get(4)
	f.Stream, f.Seq, f.Captured, f.PTS = StreamID{1, 15: 2}, 3, time.Unix(4, 5), 6
	f.Format, f.Key, f.Lossless, f.Confirm = Raw(LayoutGray, 2, 2), true, true, true
	f.Meta = Meta{Name: "a.jpg", Rotation: 90, Motion: true}
	f.Settled = func(error) {}
	f.goOn(newTrip(0, f, nil, &sync.Pool{}))
	if f.Settled != nil {
		t.Error("the frame still has what its trip has taken over")
	}
	copy(f.Data, "abcd")

	d := f.Derive(8)
	sameHead(t, d, f)
	if len(d.Data) != 8 {
		t.Errorf("%d bytes of data, want 8", len(d.Data))
	}
	copy(d.Data, "XXXXXXXX")
	d.Seq = 9
	if string(f.Data) != "abcd" || f.Seq != 3 {
		t.Error("a change to the derived frame shows in the first one")
	}
	f.Release()
	if string(d.Data) != "XXXXXXXX" {
		t.Error("the derived frame needs the first one")
	}
	d.Release()
	if n := p.Outstanding(); n != 0 {
		t.Errorf("%d frames are outstanding", n)
	}
}

// sameHead checks that a frame has everything but the data of another.
func sameHead(t *testing.T, d, f *Frame) {
	t.Helper()
	if d.Stream != f.Stream || d.Seq != f.Seq || d.Captured != f.Captured || d.PTS != f.PTS || d.Format != f.Format ||
		d.Key != f.Key || d.Lossless != f.Lossless || d.Confirm != f.Confirm || d.Meta != f.Meta || d.trip != f.trip ||
		d.Settled != nil {
		t.Errorf("got %+v of %+v", d, f)
	}
}

func TestShareChangesOnlyWhatStandsBeside(t *testing.T) {
	p := NewPool()
	p.Poison()
	f := p.Get(4)
	f.Stream, f.Seq, f.Captured, f.PTS = StreamID{1}, 3, time.Unix(4, 5), 6
	f.Format, f.Key, f.Lossless, f.Confirm = JPEG(2, 2), true, true, true
	f.Meta = Meta{Name: "a.jpg", Rotation: 90}
	f.goOn(newTrip(0, f, nil, &sync.Pool{}))
	copy(f.Data, "abcd")

	d := f.Share()
	sameHead(t, d, f)
	if &d.Data[0] != &f.Data[0] {
		t.Error("the data were copied")
	}
	d.Meta.Motion = true
	again := d.Share()
	if f.Meta.Motion || !again.Meta.Motion {
		t.Error("a change to the shared frame shows in the first one, or is lost")
	}
	f.Release()
	d.Release()
	if n := p.Outstanding(); n != 3 { // each holds the one before
		t.Errorf("%d frames are outstanding, want 3", n)
	}
	if string(again.Data) != "abcd" {
		t.Errorf("the data are %q before the last Release", again.Data)
	}
	other := again.Derive(2) // has memory of its own
	copy(other.Data, "xy")
	mustPanic(t, "pipeline: Resize of a shared frame", func() { again.Resize(2) })
	again.Release()
	if n := p.Outstanding(); n != 1 {
		t.Errorf("%d frames are outstanding, want the derived one", n)
	}
	other.Resize(3)
	if string(other.Data[:2]) != "xy" {
		t.Error("the derived frame needs the others")
	}
	other.Release()
	mustPanic(t, "pipeline: Retain of a released frame", func() { again.Retain() })
	if n := p.Outstanding(); n != 0 {
		t.Errorf("%d frames are outstanding", n)
	}
}

// A header that was shared is an ordinary one when it is used again.
func TestSharedHeadersAreUsedAgain(t *testing.T) {
	p := NewPool()
	f := p.Get(600)
	d := f.Share()
	f.Release()
	d.Release()
	for range 2 {
		g := p.Get(700)
		g.Resize(5000)
		if len(g.Data) != 5000 || g.Confirm || g.Settled != nil || g.Meta != (Meta{}) {
			t.Errorf("a used header gives %+v", g)
		}
		defer g.Release()
	}
}

func BenchmarkShare(b *testing.B) {
	p := NewPool()
	f := p.Get(1 << 16)
	b.ReportAllocs()
	for b.Loop() {
		f.Share().Release()
	}
	f.Release()
}

func TestResizeKeepsTheData(t *testing.T) {
	p := NewPool()
	p.Poison() // a buffer that was left shows what is in it
	f := p.Get(300)
	want := make([]byte, 300)
	for i := range want {
		want[i] = byte(i)
	}
	copy(f.Data, want)
	for _, n := range []int{301, 512, 513, 10_000, 300, 1 << 20, 300} {
		f.Resize(n)
		if len(f.Data) != n {
			t.Fatalf("%d bytes after Resize(%d)", len(f.Data), n)
		}
		if !bytes.Equal(f.Data[:300], want) {
			t.Fatalf("the data changed in Resize(%d)", n)
		}
	}
	f.Resize(100)
	f.Resize(0)
	if len(f.Data) != 0 {
		t.Errorf("%d bytes after Resize(0)", len(f.Data))
	}
	f.Release()
}

// TestResizeGivesBuffersBack has the buffer that a frame outgrew serve the next frame.
func TestResizeGivesBuffersBack(t *testing.T) {
	p := NewPool()
	f := p.Get(1000)
	small := &f.buf[0]
	f.Resize(1 << 20)
	g := p.Get(1000)
	if &g.buf[0] != small {
		t.Error("the small buffer was not used again")
	}
	f.Release()
	g.Release()
}

func TestStreamIDString(t *testing.T) {
	if got := (StreamID{0xDE, 0xAD, 0xBE, 0xEF, 1}).String(); got != "deadbeef" {
		t.Errorf("got %q", got)
	}
}
