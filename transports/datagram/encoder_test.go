package datagram

import (
	"bytes"
	"testing"

	"github.com/klauspost/reedsolomon"
)

// fill makes shards of a block with random data and room for parity.
func fill(random interface{ Uint32() uint32 }, data, parity, size int) [][]byte {
	shards := make([][]byte, data+parity)
	for i := range shards {
		shards[i] = make([]byte, size)
		for j := range shards[i][:size] {
			if i < data {
				shards[i][j] = byte(random.Uint32())
			}
		}
	}
	return shards
}

// The matrix is the one that the library makes by default, which other programs have as well.
func TestMatrixIsTheUsualOne(t *testing.T) {
	for _, shape := range [][2]int{{1, 1}, {1, 254}, {2, 2}, {3, 5}, {10, 4}, {17, 3}, {113, 23}, {127, 128}, {200, 55}} {
		data, parity := shape[0], shape[1]
		library, err := reedsolomon.New(data, parity)
		if err != nil {
			t.Fatal(err)
		}
		ours, err := newEncoder(data, parity)
		if err != nil {
			t.Fatal(err)
		}
		for _, size := range []int{1, 63, 64, 65, 512, 1339} {
			shards := fill(seeded(uint64(size)), data, parity, size)
			if err := library.Encode(shards); err != nil {
				t.Fatal(err)
			}
			again := fill(seeded(uint64(size)), data, parity, size)
			if err := ours.encode(again, make([][]byte, data+parity)); err != nil {
				t.Fatal(err)
			}
			for i := range shards {
				if !bytes.Equal(shards[i], again[i]) {
					t.Fatalf("%d+%d shards of %d bytes: shard %d differs from the library's", data, parity, size, i)
				}
			}
		}
	}
}

// A block of the format as docs/wire-format.md has it, so that it cannot drift.
func TestParityVector(t *testing.T) {
	e, err := newEncoder(3, 2)
	if err != nil {
		t.Fatal(err)
	}
	shards := [][]byte{{1}, {2}, {3}, {0}, {0}}
	if err := e.encode(shards, make([][]byte, 5)); err != nil {
		t.Fatal(err)
	}
	var rows [2][3]uint8
	for i := range rows {
		gf.row(rows[i][:], gf.weights(3), i)
	}
	if rows != [2][3]uint8{{1, 1, 1}, {15, 8, 6}} || shards[3][0] != 0 || shards[4][0] != 21 {
		t.Errorf("rows %v, parity %v", rows, shards[3:])
	}
}

func TestEncodersAreBounded(t *testing.T) {
	var e encoders
	first, err := e.get(1, 1)
	if err != nil {
		t.Fatal(err)
	}
	for data := 1; data <= MaxBlock; data++ {
		if _, err := e.get(data, 1); err != nil {
			t.Fatal(err)
		}
		if len(e.list) > encoderCount {
			t.Fatalf("%d encoders are kept", len(e.list))
		}
	}
	if kept, _ := e.get(MaxBlock, 1); kept != e.list[0] || kept.data != MaxBlock {
		t.Error("the last used encoder is not kept")
	}
	if again, _ := e.get(1, 1); again == first {
		t.Error("the first encoder is still kept")
	}
}

// broken takes shards away from a block that was encoded, repairs it and compares. lost are indexes,
// rising.
func broken(t testing.TB, r *repairer, shards [][]byte, data int, lost []int) {
	t.Helper()
	var parity [][]byte
	var missing, which []int
	left := make([][]byte, data)
	at := 0
	for i, shard := range shards {
		gone := at < len(lost) && lost[at] == i
		if gone {
			at++
		}
		switch {
		case i < data && gone:
			left[i], missing = bytes.Repeat([]byte{0xDB}, len(shard)), append(missing, i)
		case i < data:
			left[i] = shard
		case !gone && len(parity) < len(missing):
			parity, which = append(parity, bytes.Clone(shard)), append(which, i-data)
		}
	}
	r.repair(left, missing, parity, which)
	for i := range left {
		if !bytes.Equal(left[i], shards[i]) {
			t.Fatalf("%d data shards, %v lost: shard %d is wrong", data, lost, i)
		}
	}
}

// As many shards as there are data shards suffice, whichever they are.
func TestRepairFromAnyShards(t *testing.T) {
	var r repairer
	t.Run("every choice", func(t *testing.T) {
		const data, parity = 5, 4
		e, _ := newEncoder(data, parity)
		shards := fill(seeded(1), data, parity, 67)
		if err := e.encode(shards, make([][]byte, len(shards))); err != nil {
			t.Fatal(err)
		}
		for set := range 1 << (data + parity) {
			var lost []int
			for i := range data + parity {
				if set>>i&1 == 1 {
					lost = append(lost, i)
				}
			}
			if len(lost) == parity {
				broken(t, &r, shards, data, lost)
			}
		}
	})
	t.Run("random", func(t *testing.T) {
		random := seeded(2)
		for range 300 {
			data := 1 + random.IntN(MaxBlock)
			parity := 1 + random.IntN(min(MaxShards-data, 60))
			e, err := newEncoder(data, parity)
			if err != nil {
				t.Fatal(err)
			}
			shards := fill(random, data, parity, 1+random.IntN(200))
			if err := e.encode(shards, make([][]byte, len(shards))); err != nil {
				t.Fatal(err)
			}
			gone := make([]bool, len(shards))
			for _, i := range random.Perm(len(shards))[:parity] {
				gone[i] = true
			}
			var lost []int
			for i, is := range gone {
				if is {
					lost = append(lost, i)
				}
			}
			broken(t, &r, shards, data, lost)
		}
	})
}

func FuzzParity(f *testing.F) {
	f.Add(uint8(3), uint8(2), uint16(67), uint64(1))
	f.Add(uint8(200), uint8(55), uint16(1339), uint64(2))
	f.Add(uint8(1), uint8(254), uint16(1), uint64(3))
	f.Fuzz(func(t *testing.T, data, parity uint8, size uint16, seed uint64) {
		if data == 0 || data > MaxBlock || parity == 0 || int(data)+int(parity) > MaxShards || size == 0 || size > 2000 {
			return
		}
		random := seeded(seed)
		e, err := newEncoder(int(data), int(parity))
		if err != nil {
			t.Fatal(err)
		}
		shards := fill(random, int(data), int(parity), int(size))
		if err := e.encode(shards, make([][]byte, len(shards))); err != nil {
			t.Fatal(err)
		}
		if ok, err := e.code.Verify(shards); !ok || err != nil {
			t.Fatal("the library does not agree with the parity", err)
		}
		gone := make([]bool, len(shards))
		for _, i := range random.Perm(len(shards))[:random.IntN(int(parity)+1)] {
			gone[i] = true
		}
		var lost []int
		for i, is := range gone {
			if is {
				lost = append(lost, i)
			}
		}
		if len(lost) > 0 {
			broken(t, new(repairer), shards, int(data), lost)
		}
	})
}

func BenchmarkNewEncoder(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := newEncoder(113, 23); err != nil {
			b.Fatal(err)
		}
	}
}
