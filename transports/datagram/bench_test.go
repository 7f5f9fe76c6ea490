package datagram

import (
	"fmt"
	"testing"

	"framewire/pipeline"
)

var benchmarks = []struct {
	name string
	size int
}{{"150KB", 150_000}, {"6.2MB", 6_220_800}}

func BenchmarkSplit(b *testing.B) {
	for _, test := range benchmarks {
		for _, percent := range []float64{0, 20} {
			b.Run(fmt.Sprintf("%s/parity %g%%", test.name, percent), func(b *testing.B) {
				f := photo(pipeline.NewPool(), seeded(1), 1, test.size)
				s := NewSplitter()
				parity := Parity(DataShards(f, shard), percent, 2)
				var packet []byte
				b.SetBytes(int64(test.size))
				b.ReportAllocs()
				for b.Loop() {
					m, err := s.Split(f, 1, shard, parity)
					if err != nil {
						b.Fatal(err)
					}
					for i := range m.Packets() {
						packet = m.AppendPacket(packet[:0], i, false)
					}
					m.Release()
				}
			})
		}
	}
}

// Reassembly, of frames whose packets come in order; lost is how many of each block's data do not come.
func BenchmarkReassemble(b *testing.B) {
	for _, test := range benchmarks {
		for _, lost := range []int{0, 2, 20} {
			b.Run(fmt.Sprintf("%s/%d lost", test.name, lost), func(b *testing.B) {
				f := photo(pipeline.NewPool(), seeded(1), 1, test.size)
				parity := Parity(DataShards(f, shard), 20, 2)
				var list [][]byte
				for _, p := range packets(b, NewSplitter(), f, 0, shard, parity) {
					if fragment, err := ParseFragment(p); err != nil {
						b.Fatal(err)
					} else if fragment.Index >= lost {
						list = append(list, p)
					}
				}
				r := newRig(b, limits)
				b.SetBytes(int64(test.size))
				b.ReportAllocs()
				number := uint32(0)
				for b.Loop() {
					for _, p := range list {
						SetNumber(p, number)
						if err := r.add(p); err != nil {
							b.Fatal(err)
						}
					}
					number++
					f, err := r.Next(r.now)
					if err != nil || f == nil {
						b.Fatal("no frame", err)
					}
					f.Release()
				}
				if got := r.Stats(); got.Repaired > 0 != (lost > 0) {
					b.Fatal(got)
				}
				r.end()
			})
		}
	}
}

func BenchmarkMissing(b *testing.B) {
	r := newRig(b, limits)
	f := photo(pipeline.NewPool(), seeded(1), 1, 150_000)
	for i, p := range packets(b, NewSplitter(), f, 0, shard, 4) {
		if i%10 != 0 {
			if err := r.add(p); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		r.Missing(r.now, 0, func(Ask) {})
	}
}
