package ends

import (
	"testing"
	"time"
)

func TestDeadlineStaysWhileHalfIsLeft(t *testing.T) {
	var d Deadline
	start := time.Unix(1e9, 0)
	for _, step := range []struct {
		after time.Duration
		due   bool
	}{{0, true}, {400 * time.Millisecond, false}, {500 * time.Millisecond, true}, {999 * time.Millisecond, false}, {time.Second, true}} {
		if got := d.Due(start.Add(step.after), time.Second); got != step.due {
			t.Errorf("after %s: %v", step.after, got)
		}
	}
	d.Passed()
	if !d.Due(start.Add(time.Second), time.Second) {
		t.Error("a deadline that has passed is not moved")
	}
}
