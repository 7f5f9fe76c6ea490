package session

// recent remembers the last things added to it. Its memory grows with them up to a limit.
type recent[T comparable] struct {
	limit  int
	oldest int // where the next one goes once the limit is reached
	order  []T
	set    map[T]struct{}
}

func newRecent[T comparable](limit int) *recent[T] {
	return &recent[T]{limit: limit, set: make(map[T]struct{})}
}

func (r *recent[T]) has(t T) bool {
	_, ok := r.set[t]
	return ok
}

// add remembers what it did not know yet.
func (r *recent[T]) add(t T) {
	r.set[t] = struct{}{}
	if len(r.order) < r.limit {
		r.order = append(r.order, t)
		return
	}
	delete(r.set, r.order[r.oldest])
	r.order[r.oldest] = t
	r.oldest = (r.oldest + 1) % r.limit
}
