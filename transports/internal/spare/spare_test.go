package spare

import (
	"sync"
	"testing"
)

func TestList(t *testing.T) {
	var l List[*int]
	if _, ok := l.Take(); ok {
		t.Error("an empty list gives something")
	}
	a, b, c := new(int), new(int), new(int)
	for _, p := range []*int{a, b, c} {
		l.Put(p, 2)
	}
	for _, want := range []*int{b, a} {
		if got, ok := l.Take(); !ok || got != want {
			t.Errorf("%p, %v, want %p", got, ok, want)
		}
	}
	if _, ok := l.Take(); ok {
		t.Error("it holds more than two")
	}
	if l.items[:1][0] != nil {
		t.Error("what was taken is still referred to")
	}
}

// TestListGivesNothingTwice has goroutines take and put back the same few things.
func TestListGivesNothingTwice(t *testing.T) {
	var l List[*sync.Mutex]
	var running sync.WaitGroup
	for range 4 {
		running.Go(func() {
			for range 1000 {
				m, ok := l.Take()
				if !ok {
					m = new(sync.Mutex)
				}
				if !m.TryLock() {
					t.Error("two have it")
				}
				m.Unlock()
				l.Put(m, 0)
			}
		})
	}
	running.Wait()
	if n := len(l.items); n < 1 || n > 4 {
		t.Errorf("%d things for four goroutines", n)
	}
}
