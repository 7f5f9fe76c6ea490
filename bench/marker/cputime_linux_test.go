package main

import (
	"os"
	"testing"
	"time"
)

// TestProcessorTime reads the clock of this process, which stands still for nobody who calculates.
func TestProcessorTime(t *testing.T) {
	before, err := processorTime(os.Getpid())
	if err != nil || before <= 0 {
		t.Fatal(before, err)
	}
	for after := before; after < before+time.Millisecond; {
		if after, err = processorTime(os.Getpid()); err != nil {
			t.Fatal(err)
		}
	}
	if used, err := processorTime(0); used != 0 || err != nil {
		t.Error(used, err)
	}
	if _, err := processorTime(1<<22 + 1); err == nil {
		t.Error("a process that cannot be has a clock")
	}
}
