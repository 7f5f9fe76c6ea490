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
	Name     string // a photo's file name, with the folders below the one that is sent and / between; empty for video
	Rotation int    // degrees clockwise by which a viewer turns the picture: 0, 90, 180 or 270
	Motion   bool   // a filter has seen something move
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
	Confirm  bool // the source waits for the word that the picture was kept at the other end
	Meta     Meta
	Data     []byte

	// Settled is set by a source that wants to know what became of the picture. It is called once, from any
	// goroutine, when the last output has done with it: with nil when it was delivered (to all outputs that keep
	// or confirm pictures where there are any, else to all), with an error that wraps ErrSkip when an output
	// refuses it for good, and with any other error when it has to be tried again. It must not block. The
	// runner takes it over; derived frames have none.
	Settled func(error)

	pool   *Pool
	parent *Frame // whose memory Data is, of a frame that Share made
	buf    []byte // the whole pooled buffer that Data lies in
	whole  *Frame // the encoded frame that this is a smaller picture of
	refs   atomic.Int32
	trip   *trip
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

// Share gives a new frame with one reference and the same data, for who changes only what stands beside
// it. f's memory lives as long as the new frame does.
func (f *Frame) Share() *Frame { return f.pool.Share(f) }

// Share is Frame.Share for a frame of another pool: for a source that keeps buffers of its own, because it knows what
// is in them.
func (p *Pool) Share(f *Frame) *Frame {
	d := p.header()
	d.parent, d.Data = f.Retain(), f.Data
	if f.whole != nil {
		d.whole = f.whole.Retain()
	}
	d.describe(f)
	return d
}

// Derive gives a new frame with one reference, n bytes of data (not zeroed) and everything but the data
// copied from f. The caller then sets Format and fills Data.
func (f *Frame) Derive(n int) *Frame {
	d := f.pool.Get(n)
	d.describe(f)
	return d
}

// describe copies everything but the data.
func (f *Frame) describe(from *Frame) {
	f.Stream, f.Seq, f.Captured, f.PTS = from.Stream, from.Seq, from.Captured, from.PTS
	f.Format, f.Key, f.Lossless, f.Confirm, f.Meta = from.Format, from.Key, from.Lossless, from.Confirm, from.Meta
	f.goOn(from.trip)
}

// Resize makes Data n bytes long and keeps what it held; it moves to a larger buffer where needed. Only
// the one who holds the only reference may call it.
func (f *Frame) Resize(n int) {
	if f.parent != nil {
		panic("pipeline: Resize of a shared frame")
	}
	if n > cap(f.buf) {
		bigger := f.pool.take(n)
		copy(bigger[:n], f.Data)
		f.pool.give(f.buf)
		f.buf = bigger
	}
	f.Data = f.buf[:n]
}
