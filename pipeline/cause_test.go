package pipeline

import (
	"errors"
	"fmt"
	"testing"
)

func TestCause(t *testing.T) {
	full := errors.New("the disk is full")
	for _, c := range []struct {
		err  error
		want string
	}{
		{full, "the disk is full"},
		{ErrSkip, "skipped"},
		{fmt.Errorf("%w: %w", full, ErrSkip), "the disk is full"},
		{fmt.Errorf("%w: %w", ErrSkip, full), "the disk is full"},
		{fmt.Errorf("read: %w: %w", full, ErrLost), "read: the disk is full"},
		{fmt.Errorf("%w: %w: %w", ErrSkip, full, ErrSkip), "the disk is full"},
		{fmt.Errorf("a frame is %w here", ErrSkip), "a frame is skipped here"},
	} {
		if got := Cause(c.err); got != c.want {
			t.Errorf("%q gives %q, wants %q", c.err, got, c.want)
		}
	}
}
