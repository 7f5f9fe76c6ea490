package datagram

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"framewire/pipeline"
)

// arrival is a packet on its way.
type arrival struct {
	at     time.Duration
	packet []byte
}

// network loses, duplicates and reorders.
type network struct {
	loss, duplicate, reorder float64
	delay                    time.Duration // at most, of what is reordered
}

func (n network) carry(random *rand.Rand, sent []arrival) (came []arrival) {
	for _, a := range sent {
		for copies := 1; copies > 0; copies-- {
			if random.Float64() < n.duplicate {
				copies++
			}
			if random.Float64() < n.loss {
				continue
			}
			late := a
			if random.Float64() < n.reorder {
				late.at += time.Duration(random.Float64() * float64(n.delay))
			}
			came = append(came, late)
		}
	}
	slices.SortStableFunc(came, func(x, y arrival) int { return int(x.at - y.at) })
	return came
}

// Every frame whose shards suffice comes out, as it was, once and in order; no other does.
func TestWhatSufficesComes(t *testing.T) {
	networks := []network{
		{}, {loss: 0.01}, {loss: 0.1}, {loss: 0.25}, {duplicate: 0.3}, {reorder: 0.3, delay: 10 * ms},
		{loss: 0.1, duplicate: 0.1, reorder: 0.5, delay: 20 * ms}, {reorder: 1, delay: 25 * ms},
	}
	for i, n := range networks {
		for seed := range uint64(3) {
			t.Run(fmt.Sprintf("network %d, seed %d", i, seed), func(t *testing.T) {
				trial(t, n, seeded(uint64(100*i)+seed), uint32(1<<32-30))
			})
		}
	}
}

// trial sends frames 33 ms apart, over the wrap of their numbers.
func trial(t *testing.T, n network, random *rand.Rand, first uint32) {
	const frames = 60
	l := limits
	l.Open = 8 // none is displaced, so that it is known what has to come
	r, s, source := newRig(t, l), NewSplitter(), pipeline.NewPool()
	r.pool.Poison()
	r.Expect(first)
	var sent []arrival
	originals := make([]*pipeline.Frame, frames)
	for i := range originals {
		f := photo(source, random, uint64(i), 1+int(random.Float64()*random.Float64()*400_000))
		originals[i] = f
		list := packets(t, s, f, first+uint32(i), MinShard+random.IntN(1500), random.IntN(40))
		for j, p := range list {
			at := time.Duration(i)*33*ms + time.Duration(j)*23*ms/time.Duration(len(list))
			sent = append(sent, arrival{at, p})
		}
	}
	came := n.carry(random, sent)
	want := suffice(t, came, first, frames)
	var got []uint64
	take := func() {
		for _, f := range r.fetch() {
			same(t, f, originals[f.Seq])
			got = append(got, f.Seq)
			f.Release()
		}
	}
	for _, a := range came {
		r.now = start.Add(a.at)
		take()
		if err := r.add(a.packet); err != nil {
			t.Fatal(err)
		}
		r.Missing(r.now, 20*ms, func(Ask) {})
		take()
	}
	r.now = r.now.Add(time.Hour)
	take()
	if !slices.Equal(got, want) {
		t.Errorf("frames %d came, want %d", got, want)
	}
	if stats := r.Stats(); stats.Complete != uint64(len(want)) || stats.Refused != 0 {
		t.Errorf("%+v, want %d complete", stats, len(want))
	}
	for _, f := range originals {
		f.Release()
	}
	r.end()
}

// suffice gives the frames of which enough came within their time.
func suffice(t *testing.T, came []arrival, first uint32, frames int) (list []uint64) {
	t.Helper()
	seen, counts := make([]map[int]bool, frames), make([][]int, frames) // packets, and how many of each block
	layouts, begun := make([]Layout, frames), make([]time.Duration, frames)
	for _, a := range came {
		f, err := ParseFragment(a.packet)
		if err != nil {
			t.Fatal(err)
		}
		i := int(f.Number - first)
		if seen[i] == nil {
			seen[i], counts[i] = make(map[int]bool), make([]int, f.Layout.Blocks)
			layouts[i], begun[i] = f.Layout, a.at
		}
		if packet := f.Layout.Index(f.Block, f.Index); a.at-begun[i] < limits.Latency && !seen[i][packet] {
			seen[i][packet] = true
			counts[i][f.Block]++
		}
	}
	for i, packets := range seen {
		whole := packets != nil
		for block, count := range counts[i] {
			_, data := layouts[i].Block(block)
			whole = whole && count >= data
		}
		if whole {
			list = append(list, uint64(i))
		}
	}
	return list
}

// In the steady state nothing is allocated, neither for a packet nor for a frame; under loss neither.
func TestSteadyStateAllocatesNothing(t *testing.T) {
	r, s, source := newRig(t, limits), NewSplitter(), pipeline.NewPool()
	f := photo(source, seeded(1), 1, 150_000)
	parity := 10
	list := packets(t, s, f, 0, shard, parity)
	number := uint32(0)
	got := testing.AllocsPerRun(50, func() {
		for i, p := range list {
			SetNumber(p, number)
			if i%20 != 7 {
				if err := r.add(p); err != nil {
					t.Fatal(err)
				}
			}
			r.Missing(r.now, 0, func(Ask) {})
		}
		number++
		frame, err := r.Next(r.now)
		if err != nil || frame == nil {
			t.Fatal("no frame", err)
		}
		frame.Release()
	})
	if got != 0 {
		t.Errorf("%v allocations to put a frame together", got)
	}
	packet := make([]byte, 0, 2000)
	m, err := s.Split(f, 1, shard, parity)
	if err != nil {
		t.Fatal(err)
	}
	if got := testing.AllocsPerRun(10, func() {
		for i := range m.Packets() {
			packet = m.AppendPacket(packet[:0], i, true)
		}
	}); got != 0 {
		t.Errorf("%v allocations to write a frame's packets", got)
	}
	m.Release()
	if got := testing.AllocsPerRun(10, func() {
		m, err := s.Split(f, 1, shard, 0)
		if err != nil {
			t.Fatal(err)
		}
		m.Release()
	}); got != 0 {
		t.Errorf("%v allocations to split a frame", got)
	}
	f.Release()
	r.end()
}
