// Package spare keeps things that are made once and used again.
package spare

import "sync"

// List holds what nobody uses at the moment. It is safe for concurrent use. Unlike a sync.Pool it loses nothing when
// garbage is collected.
type List[T any] struct {
	mu    sync.Mutex
	items []T
}

// Take gives what was put in last, and reports false where there is nothing.
func (l *List[T]) Take() (item T, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	last := len(l.items) - 1
	if last < 0 {
		return item, false
	}
	item, l.items[last] = l.items[last], item
	l.items = l.items[:last]
	return item, true
}

// Put takes something back, unless the list holds as many as most already; 0 is no limit.
func (l *List[T]) Put(item T, most int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if most == 0 || len(l.items) < most {
		l.items = append(l.items, item)
	}
}
