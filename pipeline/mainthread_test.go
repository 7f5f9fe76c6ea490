package pipeline

import (
	"context"
	"errors"
	"testing"
)

func TestMainLoopRunsInTurn(t *testing.T) {
	loop := NewMainLoop()
	ctx, cancel := context.WithCancel(context.Background())
	over := make(chan struct{})
	go func() {
		defer close(over)
		loop.Run(ctx)
	}()
	n := 0
	results := make(chan error, 20)
	for range 20 {
		go func() { results <- loop.Do(context.Background(), func() { n++ }) }()
	}
	for range 20 {
		if err := <-results; err != nil {
			t.Error(err)
		}
	}
	cancel()
	<-over
	if n != 20 {
		t.Errorf("%d functions ran, want 20", n)
	}
}

func TestMainLoopGivesUpWithTheContext(t *testing.T) {
	loop := NewMainLoop() // nobody runs it
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := loop.Do(ctx, func() { t.Error("ran") }); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

func TestMainLoopWaitsForWhatHasBegun(t *testing.T) {
	loop := NewMainLoop()
	ctx, cancel := context.WithCancel(context.Background())
	over := make(chan struct{})
	go func() {
		defer close(over)
		loop.Run(ctx)
	}()
	mine, stop := context.WithCancel(context.Background())
	finished := false
	err := loop.Do(mine, func() {
		stop()
		finished = true
	})
	if err != nil || !finished {
		t.Errorf("error %v, finished %v", err, finished)
	}
	cancel()
	<-over
}
