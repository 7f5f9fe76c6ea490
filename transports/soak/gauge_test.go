//go:build soak && linux

package soak

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"testing"
)

// sample is what this process holds at one time.
type sample struct {
	resident    int // bytes
	heap        int // bytes that are reachable
	descriptors int
	goroutines  int
}

const mega = 1 << 20

// measure collects garbage first, so that the heap is what is in use and not what the collector left.
func measure(t *testing.T) sample {
	t.Helper()
	runtime.GC()
	var mem runtime.MemStats
	runtime.ReadMemStats(&mem)
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Fatal(err)
	}
	var size, pages int
	if _, err := fmt.Sscan(string(text), &size, &pages); err != nil {
		t.Fatalf("/proc/self/statm holds %q: %v", text, err)
	}
	files, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return sample{
		resident: pages * os.Getpagesize(), heap: int(mem.HeapAlloc),
		descriptors: len(files), goroutines: runtime.NumGoroutine(),
	}
}

func (s sample) String() string {
	return fmt.Sprintf("resident %d MiB, heap %.1f MiB, %d descriptors, %d goroutines",
		s.resident/mega, float64(s.heap)/mega, s.descriptors, s.goroutines)
}

// typical gives the median of each quantity.
func typical(samples []sample) sample {
	median := func(of func(sample) int) int {
		var all []int
		for _, s := range samples {
			all = append(all, of(s))
		}
		slices.Sort(all)
		return all[len(all)/2]
	}
	return sample{
		resident:    median(func(s sample) int { return s.resident }),
		heap:        median(func(s sample) int { return s.heap }),
		descriptors: median(func(s sample) int { return s.descriptors }),
		goroutines:  median(func(s sample) int { return s.goroutines }),
	}
}

// wantFlat fails the test where the last quarter of the samples holds more than the second one: the first
// fills pools and buffers. The bounds leave room for chance, a leak of an hour goes beyond them.
func wantFlat(t *testing.T, samples []sample) {
	t.Helper()
	if len(samples) < 8 {
		t.Fatalf("%d samples are too few", len(samples))
	}
	quarter := len(samples) / 4
	early, late := typical(samples[quarter:2*quarter]), typical(samples[len(samples)-quarter:])
	t.Logf("second quarter: %s", early)
	t.Logf("last quarter:   %s", late)
	for _, q := range []struct {
		name               string
		early, late, bound int
	}{
		{"resident bytes", early.resident, late.resident, early.resident*5/4 + 32*mega},
		{"bytes of heap", early.heap, late.heap, early.heap*5/4 + 24*mega},
		{"descriptors", early.descriptors, late.descriptors, early.descriptors + 4},
		{"goroutines", early.goroutines, late.goroutines, early.goroutines + 8},
	} {
		if q.late > q.bound {
			t.Errorf("%s grew from %d to %d, beyond %d", q.name, q.early, q.late, q.bound)
		}
	}
}
