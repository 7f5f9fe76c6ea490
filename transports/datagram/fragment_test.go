package datagram

import (
	"bytes"
	"strings"
	"testing"
)

// raw writes a fragment by hand.
func raw(f Fragment, payload string) []byte { return append(f.append(nil), payload...) }

func laid(length, shard, parity int) Layout {
	return Layout{Length: length, Shard: shard, Parity: parity}
}

var fragments = []struct {
	name   string
	packet []byte
	err    string
}{
	{"whole message", raw(Fragment{Layout: laid(67, 67, 0)}, strings.Repeat("x", 67)), ""},
	{"parity of a small message", raw(Fragment{Layout: laid(67, 67, 2), Index: 2, Resent: true}, strings.Repeat("x", 67)), ""},
	{"last data shard is short", raw(Fragment{Number: 1<<32 - 1, Layout: laid(1025, 512, 1), Index: 2, Lossless: true}, "x"), ""},
	{"second block", raw(Fragment{Layout: laid(201*512, 512, 1), Block: 1, Index: 100}, strings.Repeat("x", 512)), ""},
	{"nothing", nil, "fragment is shorter than its header and a byte"},
	{"header alone", raw(Fragment{Layout: laid(67, 67, 0)}, ""), "fragment is shorter than its header and a byte"},
	{"another type", append([]byte{2}, make([]byte, 20)...), "not a fragment"},
	{"all zeros", append([]byte{1}, make([]byte, 20)...), "message of 0 bytes, the least is 67"},
	{"block above count", raw(Fragment{Layout: laid(1025, 512, 1), Block: 1}, "x"), "block 1 of 1"},
	{"index above count", raw(Fragment{Layout: laid(1025, 512, 1), Index: 4}, "x"), "shard 4 of a block of 4"},
	{"index above count without parity", raw(Fragment{Layout: laid(1025, 512, 0), Index: 3}, "x"), "shard 3 of a block of 3"},
	{"payload too long", raw(Fragment{Layout: laid(1025, 512, 1)}, strings.Repeat("x", 513)), "shard of 513 bytes, wants 512 in its place"},
	{"payload too short", raw(Fragment{Layout: laid(1025, 512, 1)}, strings.Repeat("x", 511)), "shard of 511 bytes, wants 512 in its place"},
	{"last shard too long", raw(Fragment{Layout: laid(1025, 512, 1), Index: 2}, "xx"), "shard of 2 bytes, wants 1 in its place"},
	{"parity as short as the last shard", raw(Fragment{Layout: laid(1025, 512, 1), Index: 3}, "x"), "shard of 1 bytes, wants 512 in its place"},
	{"too much parity", raw(Fragment{Layout: laid(200*512, 512, 56)}, "x"), "block of 200 data and 56 parity shards, the limit is 255"},
}

func TestParseFragment(t *testing.T) {
	for _, test := range fragments {
		t.Run(test.name, func(t *testing.T) {
			got := ""
			if _, err := ParseFragment(test.packet); err != nil {
				got = err.Error()
			}
			if got != test.err {
				t.Errorf("got %q, want %q", got, test.err)
			}
		})
	}
}

func TestChangeFragment(t *testing.T) {
	packet := raw(Fragment{Number: 1, Layout: laid(67, 67, 0), Lossless: true, Resent: true}, strings.Repeat("x", 67))
	SetNumber(packet, 1<<31)
	ClearLossless(packet)
	f, err := ParseFragment(packet)
	if err != nil || f.Number != 1<<31 || f.Lossless || !f.Resent {
		t.Errorf("got %+v, %v", f, err)
	}
}

func FuzzFragment(f *testing.F) {
	for _, test := range fragments {
		f.Add(test.packet)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := ParseFragment(b)
		if err != nil {
			return
		}
		if n := got.Layout.Index(got.Block, got.Index); n < 0 || n >= got.Layout.Packets() {
			t.Errorf("%+v is packet %d of %d", got, n, got.Layout.Packets())
		}
		if len(got.Payload) == 0 || len(got.Payload) > got.Layout.Shard {
			t.Errorf("%+v has %d bytes", got, len(got.Payload))
		}
		if again := append(got.append(nil), got.Payload...); b[1]&^3 == 0 && !bytes.Equal(b, again) {
			t.Errorf("read %x, wrote %x", b, again)
		}
	})
}
