package datagram

import (
	"encoding/binary"
	"fmt"
	"math/bits"
)

// askSize is the length in bytes of one entry of a nack.
const askSize = 38

// Shards is a set of the shards of one block: shard i is bit i%64 of word i/64.
type Shards = [4]uint64

// Ask names shards of one block of one frame that are wanted again. It may name shards that the frame does
// not have: of a frame of which nothing came, the receiver does not know how many there are.
type Ask struct {
	Frame uint32
	Block uint16
	Want  Shards
}

// Count is how many shards are wanted.
func (a *Ask) Count() (n int) {
	for _, word := range a.Want {
		n += bits.OnesCount64(word)
	}
	return n
}

// Each calls fn with the index of each shard that is wanted.
func (a *Ask) Each(fn func(index int)) {
	for i, word := range a.Want {
		for ; word != 0; word &= word - 1 {
			fn(64*i + bits.TrailingZeros64(word))
		}
	}
}

// MaxAsks is how many entries a nack of that many bytes holds.
func MaxAsks(bytes int) int { return min(max(bytes-2, 0)/askSize, 255) }

// AppendNack adds a message with at most 255 asks to dst; further ones are left out.
func AppendNack(dst []byte, asks []Ask) []byte {
	asks = asks[:min(len(asks), 255)]
	dst = append(dst, byte(TypeNack), byte(len(asks)))
	for i := range asks {
		dst = binary.BigEndian.AppendUint32(dst, asks[i].Frame)
		dst = binary.BigEndian.AppendUint16(dst, asks[i].Block)
		for _, word := range asks[i].Want {
			dst = binary.BigEndian.AppendUint64(dst, word)
		}
	}
	return dst
}

// ParseNack adds the asks of a nack to dst and gives it back.
func ParseNack(b []byte, dst []Ask) ([]Ask, error) {
	b, err := body(b, TypeNack, 1)
	if err != nil {
		return dst, err
	}
	n := int(b[0])
	if b = b[1:]; len(b) < n*askSize {
		return dst, fmt.Errorf("nack of %d entries with %d bytes, wants %d", n, len(b), n*askSize)
	}
	for ; n > 0; n-- {
		a := Ask{Frame: binary.BigEndian.Uint32(b), Block: binary.BigEndian.Uint16(b[4:])}
		for i := range a.Want {
			a.Want[i] = binary.BigEndian.Uint64(b[6+8*i:])
		}
		dst, b = append(dst, a), b[askSize:]
	}
	return dst, nil
}
