package pipelinetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"framewire/pipeline"
)

// reader reads a receiver in a goroutine, so that the rule can write meanwhile.
type reader struct {
	*receiver
	frames chan *pipeline.Frame // what arrived; closed at the end
	ended  chan struct{}        // closed just before
	err    error                // why it ended; to be read after ended was closed
	cancel context.CancelFunc
	gate   sync.Mutex // held while the reader shall not read
	paused bool
}

// reading starts a reader, which opens the receiver first unless it is open. Where a tick is set the reader
// is slow: it begins late, and waits for the next tick between two frames.
func (r *receiver) reading(tick time.Duration) *reader {
	ctx, cancel := context.WithCancel(r.tr.ctx)
	d := &reader{receiver: r, frames: make(chan *pipeline.Frame, 4096), ended: make(chan struct{}), cancel: cancel}
	r.link.readers = append(r.link.readers, d)
	r.tr.Cleanup(d.stop)
	go func() {
		defer close(d.frames)
		defer close(d.ended)
		p := catch(func() { d.err = d.read(ctx, tick) })
		if p != nil {
			d.err = fmt.Errorf("panicked: %v\n%s", p.value, p.stack)
		}
	}()
	return d
}

func (d *reader) read(ctx context.Context, tick time.Duration) error {
	if !d.isOpen {
		if err := retry(ctx, d.source.Open); err != nil {
			return fmt.Errorf("open: %w", err)
		}
		d.isOpen = true
	}
	var slow <-chan time.Time
	if tick > 0 {
		t := time.NewTicker(tick)
		defer t.Stop()
		slow = t.C
		select {
		case <-time.After(5 * pause):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	for {
		d.pass()
		f, err := d.next(ctx)
		if err != nil {
			return err
		}
		if err := valid(f); err != nil {
			f.Release()
			return fmt.Errorf("frame %d: %w", f.Seq, err)
		}
		select {
		case d.frames <- f:
		case <-ctx.Done():
			f.Release()
			return ctx.Err()
		}
		if slow != nil {
			select {
			case <-slow:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	}
}

// stop ends the goroutine and gives back what nobody asked for.
func (d *reader) stop() {
	d.cancel()
	d.resume()
	if d.tr.abandoned {
		return // it hangs, or something does that it waits for
	}
	d.tr.call("Read", func() {
		for f := range d.frames {
			f.Release()
		}
	})
}

// pause stops the reading; a Read that already waits still gives its frame.
func (d *reader) pause() {
	d.gate.Lock()
	d.paused = true
}

// pass waits while the reader is paused.
func (d *reader) pass() {
	d.gate.Lock()
	defer d.gate.Unlock()
}

func (d *reader) resume() {
	if d.paused {
		d.paused = false
		d.gate.Unlock()
	}
}

// frame waits for the next frame.
func (d *reader) frame() *pipeline.Frame {
	d.tr.Helper()
	f := d.take()
	if f == nil {
		d.tr.Fatalf("receiver: a frame is missing: %v", d.err)
	}
	return f
}

// take waits for the next frame; nil means that the reader has ended.
func (d *reader) take() *pipeline.Frame {
	d.tr.Helper()
	select {
	case f := <-d.frames:
		return f
	case <-d.tr.ctx.Done():
		d.tr.Fatalf("receiver: nothing arrives for %s%s", d.tr.patience, d.link.heard())
		return nil
	}
}

// end waits for ErrEnd and allows no more frames.
func (d *reader) end() {
	d.tr.Helper()
	if f := d.take(); f != nil {
		defer f.Release()
		d.tr.Fatalf("receiver: frame %d after the last", f.Seq)
	}
	if !errors.Is(d.err, pipeline.ErrEnd) {
		d.tr.Errorf("receiver: Read: %v, want ErrEnd", d.err)
	}
}

// finish stops the reading and closes the receiver.
func (d *reader) finish() {
	d.tr.Helper()
	d.stop()
	if d.isOpen {
		d.close()
	}
}

// within gives the next frame if one comes in that time.
func (d *reader) within(wait time.Duration) *pipeline.Frame {
	d.tr.Helper()
	late := time.NewTimer(wait)
	defer late.Stop()
	select {
	case f := <-d.frames:
		if f == nil {
			d.tr.Fatalf("receiver: Read: %v", d.err)
		}
		return f
	case <-late.C:
		if d.tr.ctx.Err() != nil {
			d.tr.Fatalf("receiver: nothing arrives for %s%s", d.tr.patience, d.link.heard())
		}
		return nil
	}
}

// expect waits for frames that are equal to those that were sent.
func (d *reader) expect(sent []seal) {
	d.tr.Helper()
	for _, want := range sent {
		f := d.frame()
		if f.Seq != want.header.Seq {
			defer f.Release()
			d.tr.Fatalf("receiver: frame %d is due and frame %d arrives", want.header.Seq, f.Seq)
		}
		if what := want.arrived(f); what != "" {
			d.tr.Errorf("frame %d: %s", want.header.Seq, what)
		}
		f.Release()
	}
}

// clockError is by how much two clocks of one machine may be off after the transport's clock exchange.
const clockError = 2 * time.Second

// arrived says in what the frame is not the one that was sent; "" when in nothing. The time of capture may
// be off a little.
func (s seal) arrived(f *pipeline.Frame) string {
	off := f.Captured.Sub(s.header.Captured)
	if s.header.Captured.IsZero() != f.Captured.IsZero() || off.Abs() > clockError {
		return fmt.Sprintf("Captured was %s and is %s", s.header.Captured, f.Captured)
	}
	s.header.Captured = f.Captured
	return s.broken(f)
}
