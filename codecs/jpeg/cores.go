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

// crew does the parts of one picture side by side, all but the first on goroutines that end with the picture.
type crew struct {
	work  func(part int)
	tasks []func() // made once, because starting a goroutine with arguments allocates
	wait  sync.WaitGroup
	crash atomic.Pointer[any]
}

// do calls work for each part and waits for all. A panic becomes one of the caller's goroutine.
func (c *crew) do(parts int) {
	for i := len(c.tasks); i < parts; i++ {
		c.tasks = append(c.tasks, func() {
			defer c.wait.Done()
			defer func() {
				if value := recover(); value != nil {
					kept := value // only what is kept is allocated
					c.crash.Store(&kept)
				}
			}()
			c.work(i)
		})
	}
	c.wait.Add(parts - 1)
	for _, task := range c.tasks[1:parts] {
		go task()
	}
	defer c.rejoin()
	c.work(0)
}

func (c *crew) rejoin() {
	c.wait.Wait()
	if value := c.crash.Swap(nil); value != nil {
		panic(*value)
	}
}
