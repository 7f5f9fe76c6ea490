package tcp

import (
	"context"
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"framewire/pipeline"
)

// shot is a photo of a test.
type shot struct {
	name string
	data []byte
}

// shots makes photos of these sizes with contents of their own.
func shots(sizes ...int) (list []shot) {
	noise := rand.NewChaCha8([32]byte{1})
	for i, size := range sizes {
		data := make([]byte, size)
		_, _ = noise.Read(data) // never fails
		list = append(list, shot{fmt.Sprintf("day %d/photo %04d.jpg", i%3, i), data})
	}
	return list
}

// camera is a source of photos that notes what became of each.
type camera struct {
	env   pipeline.Env
	roll  []shot
	given int
	start chan struct{} // closed when the first may be given

	mu   sync.Mutex
	fate map[string][]error // by name, in the order in which it was told
	more chan struct{}
}

func (c *camera) Open(context.Context) error { return nil }
func (c *camera) Close() error               { return nil }

func (c *camera) Read(ctx context.Context) (*pipeline.Frame, error) {
	select {
	case <-c.start:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if c.given == len(c.roll) {
		return nil, pipeline.ErrEnd
	}
	photo := c.roll[c.given]
	c.given++
	f := c.env.Pool.Get(len(photo.data))
	copy(f.Data, photo.data)
	f.Format, f.Meta.Name, f.Key, f.Lossless, f.Confirm = pipeline.AnyFile, photo.name, true, true, c.env.Confirmed
	f.Settled = func(err error) {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.fate[photo.name] = append(c.fate[photo.name], err)
		close(c.more)
		c.more = make(chan struct{})
	}
	return f, nil
}

// delivered counts the photos of which a good end was told, and fails where one was told twice.
func (c *camera) delivered(t testing.TB) (n int) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	for name, told := range c.fate {
		if len(told) != 1 {
			t.Errorf("the source was told %d times of %s: %v", len(told), name, told)
		}
		if told[0] == nil {
			n++
		}
	}
	return n
}

// await waits until the source was told of n photos.
func (c *camera) await(t testing.TB, n int) {
	t.Helper()
	for {
		c.mu.Lock()
		got, more := len(c.fate), c.more
		c.mu.Unlock()
		if got >= n {
			return
		}
		select {
		case <-more:
		case <-limited(t).Done():
			t.Fatalf("%d photos are settled, want %d", got, n)
		}
	}
}

func sumOf(photo shot) [32]byte { return sha256.Sum256(photo.data) }
