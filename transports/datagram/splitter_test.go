package datagram

import (
	"encoding/binary"
	"strings"
	"sync"
	"testing"

	"framewire/pipeline"
	"framewire/transports/wire"
)

// The message behind the packets is the data, the head, the checksum and the head's length.
func TestMessageBytes(t *testing.T) {
	pool := pipeline.NewPool()
	for _, size := range []int{1, 500, 1338, 1339, 1340, 2 * 1339, 3*1339 - 72, 3*1339 - 71, 150_000, 400_000} {
		f := photo(pool, seeded(uint64(size)), 7, size)
		want := wire.AppendFrameHead(append([]byte(nil), f.Data...), f)
		want = binary.BigEndian.AppendUint32(want, wire.Checksum(0, want))
		want = binary.BigEndian.AppendUint16(want, uint16(wire.FrameHead+len(f.Meta.Name)))
		var got []byte
		for _, p := range packets(t, NewSplitter(), f, 9, shard, 3) {
			fragment, err := ParseFragment(p)
			if err != nil {
				t.Fatal(err)
			}
			if _, data := fragment.Layout.Block(fragment.Block); fragment.Index < data {
				got = append(got, fragment.Payload...)
			}
			if fragment.Number != 9 || fragment.Lossless || fragment.Resent || len(p) > FragmentSize+shard {
				t.Fatalf("%d bytes of data: fragment %+v", size, fragment)
			}
		}
		if string(got) != string(want) {
			t.Errorf("%d bytes of data: message of %d bytes, wants %d", size, len(got), len(want))
		}
		if n := DataShards(f, min(shard, len(want))); n*min(shard, len(want)) < len(want) || (n-1)*min(shard, len(want)) >= len(want) {
			t.Errorf("%d data shards for %d bytes", n, len(want))
		}
		f.Release()
	}
	if n := pool.Outstanding(); n != 0 {
		t.Errorf("%d frames were not given back", n)
	}
}

func TestSplitRefuses(t *testing.T) {
	tests := []struct {
		name          string
		change        func(*pipeline.Frame)
		shard, parity int
		err           string
	}{
		{"no codec", func(f *pipeline.Frame) { f.Format.Codec = "h266" }, shard, 2, `codec "h266" has no number in the wire format`},
		{"long name", func(f *pipeline.Frame) { f.Meta.Name = strings.Repeat("n", 1025) }, shard, 2, "name of 1025 bytes, the limit is 1024"},
		{"small shards", nil, 511, 2, "frame 1: shards of 511 bytes, the least is 512"},
		{"no shards", nil, 0, 2, "frame 1: no layout of 5075 bytes in shards of 0 with 2 parity shards"},
		{"large shards", func(f *pipeline.Frame) { f.Resize(100_000) }, 65536, 2, "frame 1: no layout of 100075 bytes in shards of 65536 with 2 parity shards"},
		{"too much parity", nil, shard, 252, "frame 1: block of 4 data and 252 parity shards, the limit is 255"},
		{"negative parity", nil, shard, -1, "frame 1: no layout of 5075 bytes in shards of 1339 with -1 parity shards"},
	}
	for _, test := range tests {
		pool := pipeline.NewPool()
		f := photo(pool, seeded(1), 1, 5000)
		if test.change != nil {
			test.change(f)
		}
		_, err := NewSplitter().Split(f, 1, test.shard, test.parity)
		if err == nil || err.Error() != test.err {
			t.Errorf("%s: got %v, want %q", test.name, err, test.err)
		}
		f.Release()
		if n := pool.Outstanding(); n != 0 {
			t.Errorf("%s: %d frames were not given back", test.name, n)
		}
	}
}

// A message of any size in any layout comes through, also from several goroutines at once.
func TestSplitConcurrently(t *testing.T) {
	s, pool := NewSplitter(), pipeline.NewPool()
	pool.Poison()
	var wait sync.WaitGroup
	for worker := range 4 {
		wait.Go(func() {
			random := seeded(uint64(worker))
			r := newRig(t, limits)
			for number := range uint32(60) {
				f := photo(pool, random, uint64(number), 1+random.IntN(300_000))
				m, err := s.Split(f, number, MinShard+random.IntN(2000), random.IntN(50))
				f.Release()
				if err != nil {
					t.Error(err)
					return
				}
				m.Retain().Release()
				for i := range m.Packets() {
					if err := r.add(m.AppendPacket(nil, i, false)); err != nil {
						t.Error(err)
					}
				}
				for _, got := range r.fetch() {
					same(t, got, m.Frame)
					got.Release()
				}
				m.Release()
			}
			if got := r.Stats(); got != (Stats{Complete: 60}) {
				t.Errorf("%+v", got)
			}
			r.end()
		})
	}
	wait.Wait()
	if n := pool.Outstanding(); n != 0 {
		t.Errorf("%d frames were not given back", n)
	}
}

func TestIndexOfAStranger(t *testing.T) {
	f := photo(pipeline.NewPool(), seeded(1), 1, 5000)
	m, err := NewSplitter().Split(f, 1, shard, 2)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Release()
	for _, test := range []struct{ block, index, want int }{{0, 0, 0}, {0, 5, 5}, {0, 6, -1}, {1, 0, -1}, {-1, 0, -1}, {0, -1, -1}, {65535, 255, -1}} {
		if got := m.Index(test.block, test.index); got != test.want {
			t.Errorf("shard %d of block %d is packet %d, want %d", test.index, test.block, got, test.want)
		}
	}
}

func TestMessageIsCounted(t *testing.T) {
	f := photo(pipeline.NewPool(), seeded(1), 1, 5000)
	m, err := NewSplitter().Split(f, 1, shard, 2)
	if err != nil {
		t.Fatal(err)
	}
	m.Release()
	for name, call := range map[string]func(){"Release": m.Release, "Retain": func() { m.Retain() }} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s of a released message goes unnoticed", name)
				}
			}()
			call()
		}()
	}
}
