package datagram

import "testing"

func TestLayoutOf(t *testing.T) {
	tests := []struct {
		length uint32
		shard  uint16
		parity uint8
		want   Layout
		err    string
	}{
		{150_000, 1339, 23, Layout{150_000, 1339, 23, 113, 1}, ""},
		{67, 67, 0, Layout{67, 67, 0, 1, 1}, ""},
		{1000, 1000, 254, Layout{1000, 1000, 254, 1, 1}, ""},
		{200 * 512, 512, 55, Layout{200 * 512, 512, 55, 200, 1}, ""},
		{200*512 + 1, 512, 55, Layout{200*512 + 1, 512, 55, 201, 2}, ""},
		{1<<32 - 1, 65535, 0, Layout{1<<32 - 1, 65535, 0, 65537, 328}, ""},
		{0, 0, 0, Layout{}, "message of 0 bytes, the least is 67"},
		{66, 66, 0, Layout{}, "message of 66 bytes, the least is 67"},
		{1000, 0, 0, Layout{}, "shards of 0 bytes, the least is 512"},
		{1000, 511, 0, Layout{}, "shards of 511 bytes, the least is 512"},
		{1000, 1001, 0, Layout{}, "shards of 1001 bytes for a message of 1000"},
		{100, 512, 0, Layout{}, "shards of 512 bytes for a message of 100"},
		{200 * 512, 512, 56, Layout{}, "block of 200 data and 56 parity shards, the limit is 255"},
		{1000, 1000, 255, Layout{}, "block of 1 data and 255 parity shards, the limit is 255"},
	}
	for _, test := range tests {
		got, err := LayoutOf(test.length, test.shard, test.parity)
		text := ""
		if err != nil {
			text = err.Error()
		}
		if got != test.want || text != test.err {
			t.Errorf("LayoutOf(%d, %d, %d) = %+v, %q; want %+v, %q", test.length, test.shard, test.parity, got, text, test.want, test.err)
		}
	}
}

// Every packet has its place, blocks are balanced, and the data shards add up to the message.
func TestLayoutAddsUp(t *testing.T) {
	random := seeded(1)
	for range 2000 {
		shard := uint16(MinShard + random.IntN(9000))
		length := uint32(int(shard) + random.IntN(3_000_000))
		l, err := LayoutOf(length, shard, uint8(random.IntN(56)))
		if err != nil {
			t.Fatal(err)
		}
		packet, bytes, data := 0, 0, 0
		_, largest := l.Block(0)
		for block := range l.Blocks {
			first, n := l.Block(block)
			if first != data || n > largest || n < largest-1 || n > MaxBlock {
				t.Fatalf("%+v: block %d has %d shards from %d on, wants them from %d on", l, block, n, first, data)
			}
			data += n
			for index := range l.Shards(block) {
				if b, i := l.Locate(packet); b != block || i != index || l.Index(block, index) != packet {
					t.Fatalf("%+v: packet %d is %d in block %d, wants %d in %d", l, packet, i, b, index, block)
				}
				if index < n {
					bytes += l.Size(block, index)
				} else if l.Size(block, index) != l.Shard {
					t.Fatalf("%+v: parity of %d bytes", l, l.Size(block, index))
				}
				packet++
			}
		}
		if packet != l.Packets() || bytes != l.Length || data != l.Data {
			t.Fatalf("%+v: %d packets, %d bytes, %d shards", l, packet, bytes, data)
		}
	}
}

func TestParityCount(t *testing.T) {
	tests := []struct {
		data    int
		percent float64
		least   int
		want    int
	}{
		{113, 20, 2, 23}, {110, 20, 2, 22}, {1, 20, 2, 2}, {1, 0, 2, 0}, {0, 20, 2, 0}, {100, -1, 2, 0}, {200, 100, 2, 55},
		{201, 20, 2, 21}, // two blocks, of 101 and 100
		{1, 1e300, 2, 254}, {1, 20, 1000, 254}, {100, 0.1, 0, 1},
	}
	for _, test := range tests {
		if got := Parity(test.data, test.percent, test.least); got != test.want {
			t.Errorf("Parity(%d, %g, %d) = %d, want %d", test.data, test.percent, test.least, got, test.want)
		}
	}
	for data := 1; data < 2000; data++ {
		if _, err := LayoutOf(uint32(data*1000), 1000, uint8(Parity(data, 1000, 2))); err != nil {
			t.Errorf("as much parity as Parity gives is refused: %v", err)
		}
	}
}
