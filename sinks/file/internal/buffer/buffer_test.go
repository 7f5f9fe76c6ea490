package buffer

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"framewire/pipeline"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// room is the size of a buffer that holds n frames of 1000 bytes.
func room(n int) int64 { return int64(n) * (1000 + overhead) }

// item gives a frame of 1000 bytes with that place.
func item(pool *pipeline.Pool, at int) (Item, func()) {
	f := pool.Get(1000)
	return Item{Frame: f, At: time.Duration(at) * time.Second}, f.Release
}

func put(t *testing.T, b *Buffer, pool *pipeline.Pool, at int) error {
	t.Helper()
	it, release := item(pool, at)
	defer release()
	return b.Put(t.Context(), it, false)
}

func hold(b *Buffer, pool *pipeline.Pool, at int, span time.Duration) bool {
	it, release := item(pool, at)
	defer release()
	return b.Hold(it, span)
}

// takeAll gives the places of all items that can be taken; -1 is the end of a clip.
func takeAll(b *Buffer) (list []int) {
	for {
		it, ok, _ := b.Take()
		switch {
		case !ok:
			return list
		case it.Frame == nil:
			list = append(list, -1)
		default:
			list = append(list, int(it.At/time.Second))
			it.Frame.Release()
		}
	}
}

func wantPool(t *testing.T, pool *pipeline.Pool, want int64) {
	t.Helper()
	if n := pool.Outstanding(); n != want {
		t.Errorf("%d frames are held, wants %d", n, want)
	}
}

func TestOrderAndRoom(t *testing.T) {
	pool, b := pipeline.NewPool(), New(room(3))
	for at := range 3 {
		if err := put(t, b, pool, at); err != nil {
			t.Fatal(err)
		}
	}
	if err := put(t, b, pool, 3); !errors.Is(err, ErrFull) {
		t.Errorf("a fourth frame gives %v, wants ErrFull", err)
	}
	it, ok, over := b.Take()
	if !ok || over || it.At != 0 {
		t.Errorf("the first is %v, %v, %v", it.At, ok, over)
	}
	it.Frame.Release()
	if err := put(t, b, pool, 4); err != nil {
		t.Errorf("with room again Put gives %v", err)
	}
	if got := takeAll(b); !slices.Equal(got, []int{1, 2, 4}) {
		t.Errorf("then come %v", got)
	}
	wantPool(t, pool, 0)
}

// TestLargeFrame has a frame that is larger than the buffer.
func TestLargeFrame(t *testing.T) {
	pool, b := pipeline.NewPool(), New(room(1)-1)
	if err := put(t, b, pool, 0); err != nil {
		t.Errorf("into the empty buffer it gives %v", err)
	}
	if err := put(t, b, pool, 1); !errors.Is(err, ErrFull) {
		t.Errorf("beside another it gives %v", err)
	}
	takeAll(b)
	wantPool(t, pool, 0)
}

func TestPutWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pool, b := pipeline.NewPool(), New(room(1))
		if err := put(t, b, pool, 0); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		wait := func(at int) <-chan error {
			done := make(chan error, 1)
			go func() {
				it, release := item(pool, at)
				defer release()
				done <- b.Put(ctx, it, true)
			}()
			synctest.Wait()
			return done
		}
		done := wait(1)
		if len(done) != 0 {
			t.Fatal("Put does not wait for room")
		}
		it, _, _ := b.Take()
		it.Frame.Release()
		if err := <-done; err != nil {
			t.Errorf("with room Put gives %v", err)
		}
		done = wait(2)
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("with a done context Put gives %v", err)
		}
		ctx = t.Context()
		done = wait(3)
		b.Close()
		if err := <-done; !errors.Is(err, ErrClosed) {
			t.Errorf("with the buffer closed Put gives %v", err)
		}
		if got := takeAll(b); !slices.Equal(got, []int{1}) {
			t.Errorf("after Close come %v", got)
		}
		if _, _, over := b.Take(); !over {
			t.Error("after the last it is not over")
		}
		wantPool(t, pool, 0)
	})
}

func TestHold(t *testing.T) {
	pool, b := pipeline.NewPool(), New(room(8))
	for at := range 4 {
		if gap := hold(b, pool, at, 2*time.Second); gap != (at == 3) {
			t.Errorf("frame %d: gap is %v", at, gap)
		}
	}
	if !b.Empty() {
		t.Error("held frames can be taken")
	}
	if r := b.Release(); r != (Released{Frames: 3, Bytes: 3000}) {
		t.Errorf("released are %+v", r)
	}
	if err := put(t, b, pool, 4); err != nil {
		t.Fatal(err)
	}
	b.End()
	if got := takeAll(b); !slices.Equal(got, []int{1, 2, 3, 4, -1}) {
		t.Errorf("the clip is %v", got)
	}
	if gap := hold(b, pool, 5, 0); !gap {
		t.Error("without a span a frame is held")
	}
	wantPool(t, pool, 0)
}

// TestHoldGivesWay has held frames take half of the room, and less where queued ones need it.
func TestHoldGivesWay(t *testing.T) {
	pool, b := pipeline.NewPool(), New(room(4))
	for at := range 3 {
		hold(b, pool, at, time.Hour)
	}
	if err := put(t, b, pool, 3); err != nil {
		t.Fatal(err)
	}
	if gap := b.Expire(2 * time.Second); !gap {
		t.Error("the frame before is not given up")
	}
	if gap := b.Expire(2 * time.Second); gap {
		t.Error("no frame is before, and one is given up")
	}
	for at := 4; at < 6; at++ {
		if err := put(t, b, pool, at); err != nil {
			t.Fatal(err)
		}
	}
	hold(b, pool, 6, time.Hour)
	if r := b.Release(); r != (Released{Frames: 1, Bytes: 1000, Short: true}) {
		t.Errorf("released are %+v", r)
	}
	if err := put(t, b, pool, 7); !errors.Is(err, ErrFull) {
		t.Errorf("beyond the limit Put gives %v", err)
	}
	if gap := hold(b, pool, 8, time.Hour); !gap {
		t.Error("beyond the limit a frame is held")
	}
	if got := takeAll(b); !slices.Equal(got, []int{3, 4, 5, 6}) {
		t.Errorf("frames are %v, wants the queued and the latest held", got)
	}
	wantPool(t, pool, 0)
}

func TestCloseGivesUpHeldFrames(t *testing.T) {
	pool, b := pipeline.NewPool(), New(room(8))
	hold(b, pool, 0, time.Second)
	b.Close()
	hold(b, pool, 0, time.Second)
	b.End()
	if _, ok, over := b.Take(); ok || !over {
		t.Error("after Close something can be taken")
	}
	wantPool(t, pool, 0)
}

func TestDropSaysWhy(t *testing.T) {
	pool := pipeline.NewPool()
	it, _ := item(pool, 0)
	var told error
	it.Done = func(err error) { told = err }
	it.Drop(ErrFull)
	if told != ErrFull {
		t.Errorf("the word is %v", told)
	}
	wantPool(t, pool, 0)
}

// TestRing goes around the ring's end while it grows.
func TestRing(t *testing.T) {
	pool, b := pipeline.NewPool(), New(1<<30)
	next, taken := 0, 0
	for round := range 50 {
		for range round {
			if err := put(t, b, pool, next); err != nil {
				t.Fatal(err)
			}
			next++
		}
		for range round / 2 {
			it, _, _ := b.Take()
			if got := int(it.At / time.Second); got != taken {
				t.Fatalf("frame %d comes in place of %d", got, taken)
			}
			it.Frame.Release()
			taken++
		}
	}
	if got := takeAll(b); len(got) != next-taken || got[0] != taken {
		t.Errorf("%d frames from %d are left, wants %d from %d", len(got), got[0], next-taken, taken)
	}
	wantPool(t, pool, 0)
}

func BenchmarkPutTake(b *testing.B) {
	pool, buf := pipeline.NewPool(), New(64<<20)
	f := pool.Get(200_000)
	b.ReportAllocs()
	for b.Loop() {
		if err := buf.Put(b.Context(), Item{Frame: f}, true); err != nil {
			b.Fatal(err)
		}
		it, _, _ := buf.Take()
		it.Frame.Release()
	}
}
