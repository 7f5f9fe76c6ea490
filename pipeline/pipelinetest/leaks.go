package pipelinetest

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"go.uber.org/goleak"
)

// census is the goroutines that ran at one moment.
type census struct{ known goleak.Option }

func goroutines() census { return census{known: goleak.IgnoreCurrent()} }

// gone waits until no goroutine runs that the census does not know, and gives an error that shows them
// when that takes longer than limit.
func (c census) gone(limit time.Duration) error {
	for deadline := time.Now().Add(limit); ; {
		err := goleak.Find(c.known) // waits a little by itself
		if err == nil || time.Now().After(deadline) {
			return err
		}
	}
}

// openFiles gives what the process has open: descriptor to target. It is nil where the system does not
// tell.
func openFiles() map[string]string {
	const dir = "/proc/self/fd"
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	open := make(map[string]string)
	for _, e := range entries {
		if target, err := os.Readlink(filepath.Join(dir, e.Name())); err == nil {
			open[e.Name()] = target
		}
	}
	return open
}

// newlyOpen names what is open now and was not before.
func newlyOpen(before, now map[string]string) error {
	for _, fd := range slices.Sorted(maps.Keys(now)) {
		if target := now[fd]; before[fd] != target {
			return fmt.Errorf("%s was opened", target)
		}
	}
	return nil
}
