package datagram

import (
	"math/rand/v2"
	"runtime"
	"testing"

	"framewire/pipeline"
)

// A million first fragments, each of another frame that claims to be as large as may be, cost no more
// memory than four open frames, or a window of lossless ones; the stream goes on behind them.
func TestAMillionFirstFragments(t *testing.T) {
	l := Limits{MaxFrame: 64 << 20, Open: 4, Memory: 128 << 20, Latency: limits.Latency}
	for _, test := range []struct {
		name     string
		index    int
		block    int
		lossless bool
		count    uint32
		shard    uint16
	}{
		{"first", 0, 0, false, 1e6, shard}, {"last data", 199, 655, false, 1e5, MinShard},
		{"parity", 220, 300, false, 1e5, MinShard}, {"lossless", 0, 0, true, 1e5, MinShard},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRig(t, l)
			layout, err := LayoutOf(64<<20, test.shard, 50)
			if err != nil {
				t.Fatal(err)
			}
			if _, data := layout.Block(test.block); test.index < 200 {
				test.index = min(test.index, data-1)
			}
			f := Fragment{Block: test.block, Index: test.index, Lossless: test.lossless, Layout: layout}
			f.Payload = make([]byte, layout.Size(f.Block, f.Index))
			packet := append(f.append(nil), f.Payload...)
			open := int64(l.Open)
			if test.lossless {
				open = window
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			for i := range test.count {
				SetNumber(packet, i)
				parsed, err := ParseFragment(packet)
				if err != nil {
					t.Fatal(err)
				}
				if err := r.Add(parsed, r.now); (err != nil) != (test.lossless && i >= window) {
					t.Fatal(i, err)
				}
				if i%1000 == 0 {
					r.Missing(r.now, 0, func(Ask) {})
				}
				if held := r.held; held > open*(firstRoom+int64(test.shard)) || r.budget.Left() != rigBudget-held {
					t.Fatalf("%d bytes are held", held)
				}
			}
			runtime.ReadMemStats(&after)
			if grown := after.TotalAlloc - before.TotalAlloc; grown > uint64(open)<<20 {
				t.Errorf("%d bytes were allocated in all", grown)
			}
			if test.lossless {
				r.end()
				return
			}
			photo := photo(r.pool, seeded(1), 1, 150_000)
			for _, p := range packets(t, NewSplitter(), photo, test.count, shard, 0) {
				if err := r.add(p); err != nil {
					t.Fatal(err)
				}
			}
			r.now = r.now.Add(l.Latency)
			if got := r.fetch(); len(got) != 1 {
				t.Errorf("the stream does not go on: %d frames", len(got))
			} else {
				same(t, got[0], photo)
				got[0].Release()
			}
			photo.Release()
			r.end()
		})
	}
}

// Memory follows what came, whatever the order; the largest frame that came whole is proof for the next.
func TestMemoryFollowsArrival(t *testing.T) {
	source := pipeline.NewPool()
	f := photo(source, seeded(1), 1, 6<<20)
	list := packets(t, NewSplitter(), f, 0, shard, 20)
	orders := map[string]func(n int) []int{
		"in order": func(n int) []int { return upTo(n) },
		"reverse": func(n int) []int {
			order := upTo(n)
			for i := range order {
				order[i] = n - 1 - i
			}
			return order
		},
		"random": func(n int) []int { return seeded(7).Perm(n) },
	}
	for name, order := range orders {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, limits)
			received := int64(0)
			for _, i := range order(len(list)) {
				if err := r.add(list[i]); err != nil {
					t.Fatal(err)
				}
				received += shard
				if received < 5<<20 && r.held > firstRoom+4*received {
					t.Fatalf("%d bytes are held for %d that came", r.held, received)
				}
			}
			got := r.fetch()
			if len(got) != 1 {
				t.Fatalf("%d frames", len(got))
			}
			same(t, got[0], f)
			got[0].Release()
			SetNumber(list[0], 1)
			if err := r.add(list[0]); err != nil {
				t.Fatal(err)
			}
			SetNumber(list[0], 0)
			if r.held != int64(r.largest) || r.held < 6<<20 {
				t.Errorf("a peer that has proved itself gets %d bytes at once", r.held)
			}
			r.end()
		})
	}
	f.Release()
}

func upTo(n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = i
	}
	return list
}

// A budget that others have used up refuses, and what was refused may come again.
func TestBudgetIsShared(t *testing.T) {
	source := pipeline.NewPool()
	f := photo(source, seeded(1), 1, 1<<20)
	f.Lossless = true
	list := packets(t, NewSplitter(), f, 0, shard, 0)
	r := newRig(t, limits)
	all := r.budget.Left()
	if !r.budget.take(all - 200<<10) {
		t.Fatal("the budget is not what it was")
	}
	refused := 0
	for _, p := range list {
		if r.add(p) != nil {
			refused++
		}
	}
	if refused == 0 || r.Stats().Refused != uint64(refused) || r.budget.Left() < 0 {
		t.Errorf("%d of %d fragments were refused, %d bytes are left", refused, len(list), r.budget.Left())
	}
	r.budget.give(all - 200<<10)
	for _, p := range list {
		if err := r.add(p); err != nil {
			t.Fatal(err)
		}
	}
	got := r.fetch()
	if len(got) != 1 {
		t.Fatalf("%d frames", len(got))
	}
	same(t, got[0], f)
	got[0].Release()
	f.Release()
	r.end()
}

// Every byte of every packet is flipped, in every bit: nothing wrong comes out and nothing is left behind.
func TestEveryByteFlipped(t *testing.T) {
	source, s := pipeline.NewPool(), NewSplitter()
	f := photo(source, seeded(1), 1, 3000)
	list := packets(t, s, f, 7, shard, 1)
	r := newRig(t, limits)
	number := uint32(100)
	for i := range list {
		for at := range list[i] {
			bad := append([]byte(nil), list[i]...)
			bad[at] ^= 1 << (at % 8)
			if at >= 2 && at < 6 {
				continue // another frame's number is not damage
			}
			for _, p := range list {
				SetNumber(p, number)
			}
			SetNumber(bad, number)
			if fragment, err := ParseFragment(bad); err == nil {
				_ = r.Add(fragment, r.now)
			}
			for j, p := range list {
				if j != i {
					_ = r.add(p)
				}
			}
			number++
			for range 2 {
				for _, got := range r.drain() {
					same(t, got, f)
					got.Release()
				}
				r.now = r.now.Add(limits.Latency)
			}
		}
	}
	f.Release()
	r.end()
}

// Random bytes, and packets of random content in plausible layouts.
func TestGarbage(t *testing.T) {
	r, random := newRig(t, limits), seeded(5)
	for range 200_000 {
		b := make([]byte, random.IntN(600))
		for i := range b {
			b[i] = byte(random.Uint32())
		}
		if len(b) > FragmentSize {
			plausible(random, b)
		}
		if f, err := ParseFragment(b); err == nil {
			_ = r.Add(f, r.now)
		}
		r.now = r.now.Add(1)
		if len(r.drain()) > 0 {
			t.Fatal("garbage made a frame")
		}
		if r.held > limits.Memory || len(r.open) > limits.Open {
			t.Fatalf("%d bytes in %d frames are held", r.held, len(r.open))
		}
	}
	if got := r.Stats(); got.Refused == 0 || got.Late == 0 {
		t.Errorf("the garbage was too plain to test anything: %+v", got)
	}
	r.end()
}

// plausible makes random bytes a fragment that may fit.
func plausible(random *rand.Rand, b []byte) {
	size := len(b) - FragmentSize
	length := size + random.IntN(3)*MinShard
	f := Fragment{Number: random.Uint32N(100), Layout: Layout{Length: length, Shard: max(min(size, length), MinShard), Parity: random.IntN(3)}, Index: random.IntN(4)}
	if length < MinShard {
		f.Layout.Shard = length
	}
	f.append(b[:0])
}
