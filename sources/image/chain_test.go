package image

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"framewire/pipeline"
)

// keeper is an output that confirms what it got, after Write has returned.
type keeper struct {
	verdict func(name string) error
	got     chan<- string
}

func (k *keeper) Open(context.Context) error { return nil }

func (k *keeper) Write(_ context.Context, f *pipeline.Frame) error {
	hold, name := f.Hold(), f.Meta.Name
	go func() {
		k.got <- name
		hold(k.verdict(name))
	}()
	return nil
}

func (k *keeper) Close() error { return nil }

// run sends a folder through a chain with such an output, which is asked about each photo.
func run(t *testing.T, cfg Config, verdict func(name string) error) (pipeline.State, map[string]int, error) {
	t.Helper()
	got := make(chan string, 100)
	out := pipeline.SinkSpec[struct{}]{
		Kind: pipeline.KindSend, Name: "keeper", Summary: "confirms",
		Confirms: func(*struct{}) bool { return true },
		New: func(*struct{}, pipeline.Env) (pipeline.Sink, error) {
			return &keeper{verdict: verdict, got: got}, nil
		},
	}.Spec()
	reg, err := pipeline.NewRegistry(Spec(), out)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := pipeline.NewPlan(pipeline.Chain{
		Name: "photos", Input: pipeline.Node{Spec: Spec(), Config: &cfg}, Outputs: []pipeline.Node{{Spec: out, Config: new(struct{})}},
	}, reg)
	if err != nil {
		t.Fatal(err)
	}
	r, err := pipeline.NewRunner(plan, pipeline.Options{})
	if err != nil {
		t.Fatal(err)
	}
	err = r.Run(t.Context())
	times := make(map[string]int)
	for len(got) > 0 {
		times[<-got]++
	}
	return r.Report().State, times, err
}

// TestChain runs the source in the engine: the pipeline ends well only when every photo is confirmed.
func TestChain(t *testing.T) {
	dir := three(t)
	state, times, err := run(t, Config{Path: dir}, func(string) error { return nil })
	if err != nil || state != pipeline.StateEnded || len(times) != 3 {
		t.Errorf("%s, %v, %v", state, times, err)
	}
	_, times, err = run(t, Config{Path: dir}, func(name string) error {
		if name == "2.jpg" {
			return fmt.Errorf("%w: the disk is full", pipeline.ErrSkip)
		}
		return nil
	})
	want := "source image: 1 of 3 photos is not confirmed: 2.jpg (refused: the disk is full)"
	if err == nil || err.Error() != want || len(times) != 3 {
		t.Errorf("%v, %v, want %s", times, err, want)
	}
	tries := make(chan error, 2)
	tries <- errors.New("the line is cut")
	tries <- nil
	_, times, err = run(t, Config{Path: dir}, func(name string) error {
		if name == "3.jpg" {
			return <-tries
		}
		return nil
	})
	if err != nil || times["3.jpg"] != 2 || times["1.jpg"] != 1 {
		t.Errorf("%v, %v", times, err)
	}
}
