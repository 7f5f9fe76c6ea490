package file

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"framewire/pipeline"
)

func TestChanges(t *testing.T) {
	a, b, c := pipeline.JPEG(1, 1), pipeline.JPEG(2, 2), pipeline.JPEG(3, 3)
	var ch changes
	now := pipeline.Format{}
	for i, step := range []struct {
		at   time.Duration
		next pipeline.Format
		want bool
	}{
		{0, a, true}, {1, b, true}, {2, a, true}, {3, b, true}, // the three that are free
		{4, a, false}, {5, b, true}, {6, a, false},
		{6 + lasting - 1, a, false}, {6 + lasting, a, true}, // it has lasted
		{2 * lasting, b, false}, {2*lasting + 1, c, false}, {3 * lasting, b, false}, // one after the other is no lasting
		{span + 2, b, true}, {span + 3, a, true}, // the early ones are forgotten one by one
		{span + 4, b, false},
		{3 * span, c, true}, {3 * span, a, true}, {3 * span, b, true}, {3 * span, c, false},
	} {
		got := ch.allow(now, step.next, step.at)
		if got != step.want {
			t.Errorf("step %d, %s at %s: %v, wants %v", i, step.next, step.at, got, step.want)
		}
		if got {
			now = step.next
		}
	}
}

// TestNewSizeWithEveryFrame holds a stream that changes all the time to a few files, whose first size goes on.
func TestNewSizeWithEveryFrame(t *testing.T) {
	path := filepath.Join(t.TempDir(), "rec.mkv")
	pool := pipeline.NewPool()
	s := open(t, path, "")
	skipped := 0
	for i := range 200 {
		f := at(pool, pipeline.JPEG(16+i%2, 16), i, time.Duration(i)*10*time.Millisecond)
		switch err := s.Write(t.Context(), f); {
		case errors.Is(err, pipeline.ErrSkip) && strings.Contains(err.Error(), "16x16: the picture changes its size too often"):
			skipped++
		case err != nil:
			t.Fatal(err)
		}
		f.Release()
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if got := names(t, path); !slices.Equal(got, []string{"rec-1.mkv", "rec-2.mkv", "rec-3.mkv", "rec.mkv"}) || skipped != 98 {
		t.Errorf("%d frames skipped, files are %v", skipped, got)
	}
}

// TestNumbersAreNotTriedAgain removes the first recordings while it goes on: a sink that looked from the
// first number on would use theirs.
func TestNumbersAreNotTriedAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "rec.mkv")
	pool := pipeline.NewPool()
	s := open(t, path, "")
	for i := range 4 {
		f := at(pool, pipeline.JPEG(16+i%2, 16), i, time.Duration(i)*span)
		if err := written(t, s, f); err != nil {
			t.Fatal(err)
		}
		f.Release()
		if i == 2 {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if got := names(t, path); !slices.Equal(got, []string{"rec-1.mkv", "rec-2.mkv", "rec-3.mkv"}) {
		t.Errorf("files are %v", got)
	}
}
