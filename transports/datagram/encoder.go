package datagram

import (
	"sync"

	"github.com/klauspost/reedsolomon"
)

// encoderCount bounds the encoders that are kept. Pictures differ in size, so that there are many shapes
// of blocks; one encoder with its tables takes about 0.2 MB.
const encoderCount = 64

// encoders keeps an encoder for each shape of block that was used lately. It is safe for concurrent use.
type encoders struct {
	mu   sync.Mutex
	list []*encoder // the last used one first
}

// encoder makes parity for blocks of one shape. It is safe for concurrent use.
type encoder struct {
	data, parity int
	code         reedsolomon.Encoder
}

// get gives the encoder for a shape that LayoutOf has accepted, with parity.
func (e *encoders) get(data, parity int) (*encoder, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for i, known := range e.list {
		if known.data == data && known.parity == parity {
			copy(e.list[1:], e.list[:i])
			e.list[0] = known
			return known, nil
		}
	}
	made, err := newEncoder(data, parity)
	if err != nil {
		return nil, err
	}
	if len(e.list) < encoderCount {
		e.list = append(e.list, nil)
	}
	copy(e.list[1:], e.list)
	e.list[0] = made
	return made, nil
}

// newEncoder hands the library the very matrix that it makes by default, which it would compute by
// inverting one: milliseconds, where a picture of a new size has to leave at once.
func newEncoder(data, parity int) (*encoder, error) {
	weights := gf.weights(data)
	rows := make([][]byte, parity)
	for i := range rows {
		rows[i] = make([]byte, data)
		gf.row(rows[i], weights, i)
	}
	code, err := reedsolomon.New(data, parity, reedsolomon.WithCustomMatrix(rows),
		reedsolomon.WithMaxGoroutines(1), reedsolomon.WithInversionCache(false))
	if err != nil {
		return nil, err
	}
	return &encoder{data: data, parity: parity, code: code}, nil
}

// wide is how many bytes the library's fast code takes at a time.
const wide = 64

// encode fills the parity shards of a block: the data shards first, all of one size. tails is scratch of
// the same length. The library is quick with multiples of 64 bytes and slow with the rest; so the last 64
// bytes are computed once more as a whole, where they overlap with the same result.
func (e *encoder) encode(shards, tails [][]byte) error {
	size := len(shards[0])
	whole := size &^ (wide - 1)
	if whole == size || size < wide {
		return e.code.Encode(shards)
	}
	for i := range shards {
		tails[i] = shards[i][size-wide:]
	}
	err := e.code.Encode(tails)
	for i := range shards {
		tails[i] = shards[i][:whole]
	}
	if err == nil {
		err = e.code.Encode(tails)
	}
	return err
}
