package pipeline

import (
	"encoding/hex"
	"sync/atomic"
	"time"
)

// StreamID tells one run of a source from every other: a sender that restarts has a new one.
type StreamID [16]byte

// String gives the identity's first four bytes in hexadecimal, enough for a log line.
func (id StreamID) String() string { return hex.EncodeToString(id[:4]) }

// Meta is what travels beside the picture. It stays small: it is in every frame's header on the wire.
type Meta struct {
	Name     string // a photo's file name, without folders; empty for video
	Rotation int    // degrees clockwise by which a viewer turns the picture: 0, 90, 180 or 270
}

// Frame is one picture, encoded or raw, on its way along a chain. It is immutable once handed on: who
// wants to change one derives a new frame. Its memory belongs to a Pool and is counted by reference: a
// frame starts with one reference, Retain adds one, Release gives one back, and after the last Release
// nobody may look at it.
type Frame struct {
	Stream   StreamID
	Seq      uint64        // number of the picture in its stream, from 0; a gap means frames were dropped
	Captured time.Time     // when the source got it, brought to this machine's clock by the transport
	PTS      time.Duration // presentation time from the start of the stream; recordings and pacing use it
	Format   Format
	Key      bool // can be decoded without any other frame; always true for JPEG and raw
	Lossless bool // the stream must arrive whole: an edge without a setting of its own blocks, never drops
	Meta     Meta
	Data     []byte

	pool *Pool
	buf  []byte // the whole pooled buffer that Data lies in
	refs atomic.Int32
	trip *trip
}

// Retain adds a reference and returns the frame.
func (f *Frame) Retain() *Frame {
	if f.refs.Add(1) <= 1 {
		panic("pipeline: Retain of a released frame")
	}
	return f
}

// Release gives a reference back; the last one returns the memory to the pool.
func (f *Frame) Release() {
	switch n := f.refs.Add(-1); {
	case n == 0:
		f.pool.put(f)
	case n < 0:
		panic("pipeline: Release of a released frame")
	}
}

// Derive gives a new frame with one reference, n bytes of data (not zeroed) and everything but the data
// copied from f. The caller then sets Format and fills Data.
func (f *Frame) Derive(n int) *Frame {
	d := f.pool.Get(n)
	d.Stream, d.Seq, d.Captured, d.PTS = f.Stream, f.Seq, f.Captured, f.PTS
	d.Format, d.Key, d.Lossless, d.Meta = f.Format, f.Key, f.Lossless, f.Meta
	d.trip = f.trip
	return d
}

// Resize makes Data n bytes long and keeps what it held; it moves to a larger buffer where needed. Only
// the one who holds the only reference may call it.
func (f *Frame) Resize(n int) {
	if n > cap(f.buf) {
		bigger := f.pool.take(n)
		copy(bigger[:n], f.Data)
		f.pool.give(f.buf)
		f.buf = bigger
	}
	f.Data = f.buf[:n]
}
