package camera

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"framewire/codecs/jpeg"
	"framewire/pipeline"
)

// capture is an opened camera. Its methods are called from one goroutine.
type capture interface {
	// read waits for the next picture. The data is valid until the next call. Format has the codec
	// CodecJPEG and no size for a JPEG image. An error means that the camera is gone.
	read() (data []byte, format pipeline.Format, err error)
	// granted says in words what the camera was set to.
	granted() string
	close()
}

// reader reads a camera without pause and keeps its newest picture.
type reader struct {
	pool    *pipeline.Pool
	dropped *atomic.Uint64

	fresh chan struct{} // has one token while there is a picture that was not taken
	gone  chan struct{} // closed when the goroutine has ended; err is set before
	err   error
	stop  atomic.Bool
	taken atomic.Uint64 // pictures that the camera gave

	mu     sync.Mutex
	newest *pipeline.Frame
}

// startReader starts the goroutine, which opens the camera itself, and waits for that. When ctx ends
// before, the goroutine closes the camera again as soon as it has it.
func startReader(ctx context.Context, pool *pipeline.Pool, dropped *atomic.Uint64, open func() (capture, error)) (*reader, string, error) {
	r := &reader{pool: pool, dropped: dropped, fresh: make(chan struct{}, 1), gone: make(chan struct{})}
	type result struct {
		granted string
		err     error
	}
	opened := make(chan result, 1)
	go func() {
		defer close(r.gone)
		c, err := open()
		if err != nil {
			opened <- result{err: err}
			return
		}
		defer c.close()
		opened <- result{granted: c.granted()}
		r.err = r.run(c)
	}()
	select {
	case got := <-opened:
		if got.err != nil {
			<-r.gone
			return nil, "", got.err
		}
		return r, got.granted, nil
	case <-ctx.Done():
		r.stop.Store(true)
		return nil, "", ctx.Err()
	}
}

// run reads until it is told to stop or the camera is gone.
func (r *reader) run(c capture) error {
	for !r.stop.Load() {
		data, format, err := c.read()
		if err != nil {
			return err
		}
		now := time.Now()
		if r.stop.Load() {
			return nil
		}
		f, err := frameOf(r.pool, data, format)
		if err != nil {
			r.dropped.Add(1) // a damaged image, as cameras give after they start
			continue
		}
		f.Captured = now
		r.taken.Add(1)
		r.put(f)
	}
	return nil
}

// frameOf copies a picture out of the camera's memory. JPEG images get the Huffman tables that many
// cameras leave out.
func frameOf(pool *pipeline.Pool, data []byte, format pipeline.Format) (*pipeline.Frame, error) {
	if format.Codec != pipeline.CodecJPEG {
		if err := format.Check(len(data)); err != nil {
			return nil, err
		}
		f := pool.Get(len(data))
		copy(f.Data, data)
		f.Format, f.Key = format, true
		return f, nil
	}
	width, height, err := jpeg.Size(data)
	if err != nil {
		return nil, err
	}
	f := pool.Get(len(data) + jpeg.TablesSize)
	f.Resize(len(jpeg.AppendComplete(f.Data[:0], data)))
	f.Format, f.Key = pipeline.JPEG(width, height), true
	return f, nil
}

// put makes a picture the newest.
func (r *reader) put(f *pipeline.Frame) {
	r.mu.Lock()
	old := r.newest
	r.newest = f
	r.mu.Unlock()
	if old != nil {
		old.Release()
		r.dropped.Add(1)
	}
	select {
	case r.fresh <- struct{}{}:
	default:
	}
}

// take gives the newest picture, or nil when it was taken already.
func (r *reader) take() *pipeline.Frame {
	r.mu.Lock()
	defer r.mu.Unlock()
	f := r.newest
	r.newest = nil
	return f
}

// next waits for a picture that was not taken yet.
func (r *reader) next(ctx context.Context, limit *time.Timer) (*pipeline.Frame, error) {
	for {
		select {
		case <-r.fresh:
			if f := r.take(); f != nil {
				return f, nil
			}
		case <-r.gone:
			if f := r.take(); f != nil {
				return f, nil
			}
			return nil, fmt.Errorf("%w: %w", r.err, pipeline.ErrLost)
		case <-limit.C:
			return nil, errSilent
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// close tells the goroutine to stop and waits so long for it. It reports whether it has ended; if not, it
// will, and close the camera, whenever its read returns.
func (r *reader) close(limit time.Duration) bool {
	r.stop.Store(true)
	timer := time.NewTimer(limit)
	defer timer.Stop()
	ended := true
	select {
	case <-r.gone:
	case <-timer.C:
		ended = false
	}
	if f := r.take(); f != nil {
		f.Release()
	}
	return ended
}
