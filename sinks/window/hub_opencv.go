//go:build opencv

package window

import (
	"fmt"
	"slices"
	"sync"
)

// hub is what the windows of a process share. highgui has one key for all windows: the hub gives it to the
// window that the pointer was in last.
type hub struct {
	mu      sync.Mutex
	made    int
	open    []*sink
	pointed *sink
}

// add takes a window in and gives it a name that no other has.
func (h *hub) add(s *sink) (name string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.made++
	h.open = append(h.open, s)
	return fmt.Sprintf("framewire %d", h.made)
}

func (h *hub) remove(s *sink) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.open = slices.DeleteFunc(h.open, func(o *sink) bool { return o == s })
	if h.pointed == s {
		h.pointed = nil
	}
}

// point notes that the pointer is in that window.
func (h *hub) point(s *sink) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if slices.Contains(h.open, s) {
		h.pointed = s
	}
}

// target is the window that a key is meant for: without a pointer the newest. It is nil when none is open.
func (h *hub) target() *sink {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.pointed != nil {
		return h.pointed
	}
	if len(h.open) == 0 {
		return nil
	}
	return h.open[len(h.open)-1]
}
