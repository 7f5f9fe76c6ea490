package jpeg

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// cores counts the cores that the codecs of one spec, in whatever pipelines, are busy on. A picture is divided
// among idle ones only: where pictures are worked on side by side anyway, dividing gains nothing.
type cores struct {
	all  int32
	busy atomic.Int32
}

func newCores() *cores { return &cores{all: int32(runtime.GOMAXPROCS(0))} }

// claim takes at least one core and at most that many, and gives how many.
func (c *cores) claim(most int) int {
	for {
		busy := c.busy.Load()
		n := max(1, min(int32(most), c.all-busy))
		if c.busy.CompareAndSwap(busy, busy+n) {
			return int(n)
		}
	}
}

func (c *cores) release(n int) { c.busy.Add(-int32(n)) }

// crew does the parts of one picture side by side: whoever is done with one takes the next. All but the caller are
// goroutines that end with the picture.
type crew struct {
	work  func(part int)
	parts int
	next  atomic.Int32
	help  func() // made once, because starting a goroutine with arguments allocates
	wait  sync.WaitGroup
	crash atomic.Pointer[any]
}

// do calls work for each part, on no more than so many goroutines, and waits for all. A panic becomes one of the
// caller's goroutine.
func (c *crew) do(workers, parts int) {
	if c.help == nil {
		c.help = c.helper
	}
	c.parts = parts
	c.next.Store(0)
	helpers := min(workers, parts) - 1
	c.wait.Add(helpers)
	for range helpers {
		go c.help()
	}
	defer c.rejoin()
	c.take()
}

func (c *crew) helper() {
	defer c.wait.Done()
	defer func() {
		if value := recover(); value != nil {
			kept := value // only what is kept is allocated
			c.crash.Store(&kept)
		}
	}()
	c.take()
}

func (c *crew) take() {
	for {
		part := int(c.next.Add(1)) - 1
		if part >= c.parts {
			return
		}
		c.work(part)
	}
}

func (c *crew) rejoin() {
	c.wait.Wait()
	if value := c.crash.Swap(nil); value != nil {
		panic(*value)
	}
}
