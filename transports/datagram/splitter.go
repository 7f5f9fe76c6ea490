package datagram

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"framewire/pipeline"
	"framewire/transports/internal/spare"
	"framewire/transports/wire"
)

// idleMessages is how many messages a splitter keeps for the next frames: as many small ones as a lossless stream has
// on its way.
const idleMessages = 40

// Splitter makes messages of frames. It is safe for concurrent use, as are its messages.
type Splitter struct {
	encoders encoders
	idle     spare.List[*Message]
	scratch  spare.List[*scratch]
}

// scratch is what making the parity of a block needs: its shards, and pieces of them.
type scratch struct{ shards, tails [MaxShards][]byte }

// NewSplitter gives a splitter.
func NewSplitter() *Splitter { return &Splitter{} }

// messageLength is the length in bytes of a frame's message.
func messageLength(f *pipeline.Frame) int {
	return len(f.Data) + wire.FrameHead + len(f.Meta.Name) + trailer
}

// DataShards is how many data shards of at most that many bytes a frame's message has.
func DataShards(f *pipeline.Frame, shard int) int { return dataShards(messageLength(f), shard) }

// Split cuts a frame into shards of that many bytes (a smaller message is one shard of its own size) and
// adds that many parity shards to each block; Parity tells how many are sensible. The message has one
// reference and one on the frame. An error means that the frame cannot be carried.
func (s *Splitter) Split(f *pipeline.Frame, number uint32, shard, parity int) (*Message, error) {
	if err := wire.CheckFrame(f); err != nil {
		return nil, err
	}
	length := messageLength(f)
	if shard = min(shard, length); int64(length) > math.MaxUint32 || shard > math.MaxUint16 || shard < 1 || parity < 0 || parity > MaxShards {
		return nil, fmt.Errorf("frame %d: no layout of %d bytes in shards of %d with %d parity shards", f.Seq, length, shard, parity)
	}
	layout, err := LayoutOf(uint32(length), uint16(shard), uint8(parity))
	if err != nil {
		return nil, fmt.Errorf("frame %d: %w", f.Seq, err)
	}
	m := s.get()
	m.Frame, m.Number, m.Lossless, m.layout = f.Retain(), number, f.Lossless, layout
	m.layTail()
	if err := s.makeParity(m); err != nil {
		m.Release()
		return nil, fmt.Errorf("frame %d: parity: %w", f.Seq, err)
	}
	return m, nil
}

// layTail writes the shards that do not lie whole in the frame's data: the rest of the data, the head,
// the checksum and the head's length.
func (m *Message) layTail() {
	m.first = len(m.Frame.Data) / m.layout.Shard
	size := (m.layout.Data - m.first) * m.layout.Shard
	tail := append(slices.Grow(m.tail[:0], size), m.Frame.Data[m.first*m.layout.Shard:]...)
	start := len(tail)
	tail = wire.AppendFrameHead(tail, m.Frame)
	head := tail[start:]
	tail = binary.BigEndian.AppendUint32(tail, wire.Checksum(wire.Checksum(0, m.Frame.Data), head))
	tail = binary.BigEndian.AppendUint16(tail, uint16(len(head)))
	m.tail = tail[:size]
	clear(m.tail[len(tail):])
}

func (s *Splitter) makeParity(m *Message) error {
	size := m.layout.Parity * m.layout.Shard
	if size == 0 {
		return nil
	}
	x, ok := s.scratch.Take()
	if !ok {
		x = new(scratch)
	}
	defer func() {
		*x = scratch{} // it would keep frames alive
		s.scratch.Put(x, 0)
	}()
	m.parity = slices.Grow(m.parity[:0], m.layout.Blocks*size)[:m.layout.Blocks*size]
	for block := range m.layout.Blocks {
		first, data := m.layout.Block(block)
		encoder, err := s.encoders.get(data, m.layout.Parity)
		if err != nil {
			return err
		}
		shards := x.shards[:data+m.layout.Parity]
		for i := range shards {
			if i < data {
				shards[i] = m.shard(first + i)
			} else {
				at := block*size + (i-data)*m.layout.Shard
				shards[i] = m.parity[at : at+m.layout.Shard]
			}
		}
		if err := encoder.encode(shards, x.tails[:len(shards)]); err != nil {
			return err
		}
	}
	return nil
}

func (s *Splitter) get() *Message {
	m, ok := s.idle.Take()
	if !ok {
		m = &Message{owner: s}
	}
	m.refs.Store(1)
	return m
}

// put takes a message back after its last Release.
func (s *Splitter) put(m *Message) {
	m.Frame.Release()
	m.Frame = nil
	s.idle.Put(m, idleMessages)
}
