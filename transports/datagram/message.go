package datagram

import (
	"encoding/binary"
	"sync/atomic"

	"framewire/pipeline"
	"framewire/transports/wire"
)

const (
	// trailer is what ends a message: the CRC-32C of all before it, and the length of the head.
	trailer = 4 + 2
	// maxTail bounds what a message has after the frame's data.
	maxTail = wire.MaxHead + trailer
	// minMessage is the shortest message: a byte of data, a head without a name and the trailer.
	minMessage = 1 + wire.FrameHead + trailer
)

// Message is a frame in shards, with its parity, ready to be sent to any number of peers. It holds a
// reference on the frame and is counted by reference itself; everything but the counting is safe for
// concurrent readers.
type Message struct {
	Frame    *pipeline.Frame
	Number   uint32 // that AppendPacket writes
	Lossless bool   // the frame's own

	layout Layout
	first  int    // shards that lie whole in the frame's data
	tail   []byte // the data shards after them, the last one filled up with zeros
	parity []byte // of all blocks
	owner  *Splitter
	refs   atomic.Int32
}

// Retain adds a reference and returns the message.
func (m *Message) Retain() *Message {
	if m.refs.Add(1) <= 1 {
		panic("datagram: Retain of a released message")
	}
	return m
}

// Release gives a reference back; the last one releases the frame.
func (m *Message) Release() {
	switch n := m.refs.Add(-1); {
	case n == 0:
		m.owner.put(m)
	case n < 0:
		panic("datagram: Release of a released message")
	}
}

// Layout says how the message lies in shards.
func (m *Message) Layout() Layout { return m.layout }

// Packets is how many packets the message has.
func (m *Message) Packets() int { return m.layout.Packets() }

// Index gives the number of the packet with that shard. It is below 0 where there is no such shard.
func (m *Message) Index(block, index int) int {
	if block < 0 || block >= m.layout.Blocks || index < 0 || index >= m.layout.Shards(block) {
		return -1
	}
	return m.layout.Index(block, index)
}

// AppendPacket adds packet i, header and payload, to dst: at most FragmentSize and Layout().Shard bytes.
func (m *Message) AppendPacket(dst []byte, i int, resent bool) []byte {
	f := Fragment{Number: m.Number, Resent: resent, Lossless: m.Lossless, Layout: m.layout}
	f.Block, f.Index = m.layout.Locate(i)
	dst = f.append(dst)
	first, data := m.layout.Block(f.Block)
	if f.Index >= data {
		at := (f.Block*m.layout.Parity + f.Index - data) * m.layout.Shard
		return append(dst, m.parity[at:at+m.layout.Shard]...)
	}
	return append(dst, m.shard(first + f.Index)[:m.layout.Size(f.Block, f.Index)]...)
}

// shard gives a data shard of the message in full size.
func (m *Message) shard(i int) []byte {
	size := m.layout.Shard
	if i < m.first {
		return m.Frame.Data[i*size : (i+1)*size]
	}
	return m.tail[(i-m.first)*size : (i-m.first+1)*size]
}

// SetNumber changes the frame's number in what AppendPacket wrote: messages are shared between sessions,
// numbers are not.
func SetNumber(fragment []byte, number uint32) {
	binary.BigEndian.PutUint32(fragment[2:], number)
}

// ClearLossless takes the promise of a lossless stream out of what AppendPacket wrote, where nobody can
// ask for what is missing.
func ClearLossless(fragment []byte) { fragment[1] &^= flagLossless }
