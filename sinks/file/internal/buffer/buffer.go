// Package buffer holds frames between a stream and a disk that may be slow: a queue bounded by bytes, and in
// front of it the latest frames that are only wanted if something happens.
package buffer

import (
	"context"
	"errors"
	"sync"
	"time"

	"framewire/pipeline"
)

// ErrFull says that there was no room and that the frame was not to wait for it.
var ErrFull = errors.New("the buffer is full")

// ErrClosed says that nothing is taken any more.
var ErrClosed = errors.New("the buffer is closed")

// Item is a frame on its way to the disk, or the end of a clip.
type Item struct {
	Frame *pipeline.Frame // nil for the end of a clip
	At    time.Duration   // its place on the line of the recording
	Done  func(error)     // from Frame.Hold; nil where nobody waits for the word
}

// Buffer is for one goroutine that adds frames and one that takes them; Release and End may be called from any.
// It has a reference to each frame that is in it.
type Buffer struct {
	limit int64
	ready chan struct{} // something can be taken, or Close was called
	room  chan struct{} // something was taken, or Close was called

	mu        sync.Mutex
	bytes     int64 // of all frames in it
	queue     fifo
	held      fifo  // waiting for Release
	heldBytes int64 // of those
	short     bool  // some were given up for want of room
	closed    bool
}

// New gives an empty buffer of so many bytes.
func New(limit int64) *Buffer {
	return &Buffer{limit: limit, ready: make(chan struct{}, 1), room: make(chan struct{}, 1)}
}

// Put adds a frame, which it retains. A frame larger than the whole buffer finds room when that is empty. Without
// room Put waits, or gives ErrFull where it must not; it gives ctx's error when ctx is done first.
func (b *Buffer) Put(ctx context.Context, it Item, wait bool) error {
	for {
		switch ok, err := b.put(it); {
		case err != nil:
			return err
		case ok:
			return nil
		case !wait:
			return ErrFull
		}
		select {
		case <-b.room:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (b *Buffer) put(it Item) (ok bool, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return false, ErrClosed
	}
	size := it.size()
	if b.bytes > 0 && b.bytes+size > b.limit {
		return false, nil
	}
	b.bytes += size
	it.Frame.Retain()
	b.queue.push(it)
	wake(b.ready)
	return true, nil
}

// Hold keeps a frame for Release, and gives up those that are more than span older than it. Held frames take up
// to half of the room: where that is not enough the oldest go first. gap says that a frame was given up. Nobody may
// wait for the word of a held frame: the trigger may never come.
func (b *Buffer) Hold(it Item, span time.Duration) (gap bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	size := it.size()
	gap = b.expire(it.At - span)
	for b.held.len() > 0 && !b.holds(size) {
		b.giveUp()
		b.short, gap = true, true
	}
	if b.closed || span <= 0 || !b.holds(size) && b.bytes > 0 {
		return true
	}
	b.bytes += size
	b.heldBytes += size
	it.Frame.Retain()
	b.held.push(it)
	return gap
}

func (b *Buffer) holds(size int64) bool {
	return b.heldBytes+size <= b.limit/2 && b.bytes+size <= b.limit
}

// Expire gives up the held frames before a place. gap says that there were any.
func (b *Buffer) Expire(oldest time.Duration) (gap bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.expire(oldest)
}

func (b *Buffer) expire(oldest time.Duration) (gap bool) {
	for b.held.len() > 0 && b.held.first().At < oldest {
		b.giveUp()
		gap = true
	}
	return gap
}

// Released is what Release has put into the queue.
type Released struct {
	Frames int
	Bytes  int64 // of their data
	Short  bool  // there would have been more with more room
}

// Release puts the held frames into the queue.
func (b *Buffer) Release() Released {
	b.mu.Lock()
	defer b.mu.Unlock()
	r := Released{Frames: b.held.len(), Short: b.short}
	for b.held.len() > 0 {
		it := b.held.pop()
		r.Bytes += int64(len(it.Frame.Data))
		b.queue.push(it)
	}
	b.short, b.heldBytes = false, 0
	wake(b.ready)
	return r
}

// End puts the end of a clip into the queue.
func (b *Buffer) End() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.closed {
		b.queue.push(Item{})
		wake(b.ready)
	}
}

// Take gives the next item with its reference, without waiting. over says that nothing will come any more.
func (b *Buffer) Take() (it Item, ok, over bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.queue.len() == 0 {
		return Item{}, false, b.closed
	}
	it = b.queue.pop()
	if it.Frame != nil {
		b.bytes -= it.size()
		wake(b.room)
	}
	return it, true, false
}

// Ready has a value when Take may have something, or nothing more will come.
func (b *Buffer) Ready() <-chan struct{} { return b.ready }

// Empty reports whether nothing waits to be taken.
func (b *Buffer) Empty() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.queue.len() == 0
}

// Close ends the stream: what is in the queue can still be taken, and held frames are given up.
func (b *Buffer) Close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	for b.held.len() > 0 {
		b.giveUp()
	}
	wake(b.ready)
	wake(b.room)
}

// giveUp drops the oldest held frame.
func (b *Buffer) giveUp() {
	it := b.held.pop()
	b.bytes -= it.size()
	b.heldBytes -= it.size()
	it.Frame.Release()
}

// overhead is about what a frame takes beside its data, in bytes.
const overhead = 512

func (it Item) size() int64 { return int64(len(it.Frame.Data)) + overhead }

// Drop gives a frame up, and says why to who waits for the word.
func (it Item) Drop(why error) {
	if it.Done != nil {
		it.Done(why)
	}
	it.Frame.Release()
}

func wake(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
