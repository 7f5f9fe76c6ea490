package datagram

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Type is the first byte of what a datagram carries. Unknown ones are ignored.
type Type uint8

// The types.
const (
	TypeFragment Type = 1 // sender to receiver: a shard of a frame
	TypePing     Type = 2 // receiver to sender: still here, and what time is it
	TypePong     Type = 3 // sender to receiver: the answer
	TypeReport   Type = 4 // receiver to sender: what came, and how late
	TypeNack     Type = 5 // receiver to sender: shards to send again
	TypeEnd      Type = 6 // sender to receiver: the stream came to its end
	TypeEndAck   Type = 7 // receiver to sender: the end came, and everything before it
	TypeBye      Type = 8 // either way: this end stops and may come back
)

// TypeOf gives the type of what a datagram carries; an empty one has none.
func TypeOf(b []byte) (Type, bool) {
	if len(b) == 0 {
		return 0, false
	}
	return Type(b[0]), true
}

// FragmentSize is the length in bytes of a fragment's header.
const FragmentSize = 16

// The bits of a fragment's flags; the others are sent as 0 and ignored.
const (
	flagResent   = 1 << 0
	flagLossless = 1 << 1
)

// Fragment is one shard of a frame's message with where it belongs. Parse gives only those that fit.
type Fragment struct {
	Number   uint32 // of the frame in its session: one more than the last one's, from any start, and it wraps
	Block    int
	Index    int // in the block: below its data count a data shard, else parity
	Resent   bool
	Lossless bool // the frame's stream has to arrive whole
	Layout   Layout
	Payload  []byte // lies in what was parsed
}

// append adds the fragment's header.
func (f *Fragment) append(dst []byte) []byte {
	var flags byte
	if f.Resent {
		flags |= flagResent
	}
	if f.Lossless {
		flags |= flagLossless
	}
	dst = append(dst, byte(TypeFragment), flags)
	dst = binary.BigEndian.AppendUint32(dst, f.Number)
	dst = binary.BigEndian.AppendUint32(dst, uint32(f.Layout.Length))
	dst = binary.BigEndian.AppendUint16(dst, uint16(f.Layout.Shard))
	dst = binary.BigEndian.AppendUint16(dst, uint16(f.Block))
	return append(dst, byte(f.Index), byte(f.Layout.Parity))
}

var (
	errShort = errors.New("fragment is shorter than its header and a byte")
	errType  = errors.New("not a fragment")
)

// ParseFragment reads a fragment, type byte included. What it gives is consistent in itself: the block and
// the index exist in the layout, and the payload has exactly the size of its place.
func ParseFragment(b []byte) (Fragment, error) {
	if len(b) <= FragmentSize {
		return Fragment{}, errShort
	}
	if Type(b[0]) != TypeFragment {
		return Fragment{}, errType
	}
	layout, err := LayoutOf(binary.BigEndian.Uint32(b[6:]), binary.BigEndian.Uint16(b[10:]), b[15])
	if err != nil {
		return Fragment{}, err
	}
	f := Fragment{
		Number:   binary.BigEndian.Uint32(b[2:]),
		Block:    int(binary.BigEndian.Uint16(b[12:])),
		Index:    int(b[14]),
		Resent:   b[1]&flagResent != 0,
		Lossless: b[1]&flagLossless != 0,
		Layout:   layout,
		Payload:  b[FragmentSize:],
	}
	if f.Block >= layout.Blocks {
		return Fragment{}, fmt.Errorf("block %d of %d", f.Block, layout.Blocks)
	}
	if _, data := layout.Block(f.Block); f.Index >= data+layout.Parity {
		return Fragment{}, fmt.Errorf("shard %d of a block of %d", f.Index, data+layout.Parity)
	}
	if size := layout.Size(f.Block, f.Index); len(f.Payload) != size {
		return Fragment{}, fmt.Errorf("shard of %d bytes, wants %d in its place", len(f.Payload), size)
	}
	return f, nil
}
