package testpattern

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"framewire/pipeline"
	"framewire/pipeline/pipelinetest"
)

// confirming is a transport whose other end takes every picture but those that refuse says.
type confirming struct{ refuse func(n int) error }

func (c confirming) spec(pictures *[]pipeline.Meta) pipeline.Spec {
	return pipeline.SinkSpec[struct{}]{
		Name: "far", Summary: "made for tests",
		Confirms: func(*struct{}) bool { return true },
		New: func(*struct{}, pipeline.Env) (pipeline.Sink, error) {
			return &far{c, pictures}, nil
		},
	}.Spec()
}

type far struct {
	confirming
	pictures *[]pipeline.Meta
}

func (*far) Open(context.Context) error { return nil }
func (*far) Close() error               { return nil }

func (c *far) Write(_ context.Context, f *pipeline.Frame) error {
	*c.pictures = append(*c.pictures, f.Meta)
	if !f.Confirm || !f.Lossless {
		return errors.New("the picture may be lost")
	}
	f.Hold()(c.refuse(len(*c.pictures)))
	return nil
}

// TestPhotosThroughAChain takes one picture a minute, and has the pipeline fail where one was refused.
func TestPhotosThroughAChain(t *testing.T) {
	refusal := fmt.Errorf("the folder is full: %w", pipeline.ErrSkip)
	for _, refuse := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			source := pipeline.Node{Spec: Spec()}
			cfg := source.Spec.Config().(*Config)
			cfg.Every, cfg.Frames, cfg.Size.Width, cfg.Size.Height = time.Minute, 3, 64, 64
			source.Config = cfg
			var pictures []pipeline.Meta
			sink := pipeline.Node{Spec: confirming{func(n int) error {
				if refuse && n == 2 {
					return refusal
				}
				return nil
			}}.spec(&pictures), Config: new(struct{})}

			registry, err := pipeline.NewRegistry(source.Spec, sink.Spec)
			if err != nil {
				t.Fatal(err)
			}
			plan, err := pipeline.NewPlan(pipeline.Chain{Name: "lapse", Input: source, Outputs: []pipeline.Node{sink}}, registry)
			if err != nil {
				t.Fatal(err)
			}
			runner, err := pipeline.NewRunner(plan, pipeline.Options{Log: pipelinetest.Logger(t)})
			if err != nil {
				t.Fatal(err)
			}
			begun := time.Now()
			err = runner.Run(t.Context())
			if len(pictures) != 3 || time.Since(begun) != 2*time.Minute {
				t.Errorf("%d pictures in %s", len(pictures), time.Since(begun))
			}
			for i, meta := range pictures {
				if want := fmt.Sprintf("-%06d.jpg", i+1); !strings.HasPrefix(meta.Name, "testpattern-2") || !strings.HasSuffix(meta.Name, want) {
					t.Errorf("picture %d is called %s", i, meta.Name)
				}
			}
			want := "source testpattern: 1 of 3 pictures are not confirmed: " + pictures[1].Name + " (refused: the folder is full)"
			if !refuse && err != nil || refuse && (err == nil || err.Error() != want) {
				t.Errorf("refused %t: got %v", refuse, err)
			}
		})
	}
}

// TestPhotosKeepTheTimeOfTheClock gives pictures that somebody asked for, with times of their own.
func TestPhotosKeepTheTimeOfTheClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		spec := Spec()
		cfg := spec.Config().(*Config)
		cfg.Trigger.Key = true
		env := pipelinetest.Env(t, pipeline.NewPool())
		source, err := spec.NewSource(cfg, env)
		if err != nil {
			t.Fatal(err)
		}
		if err := source.Open(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, want := range []time.Duration{0, 7 * time.Second} {
			go func() {
				<-time.After(7 * time.Second)
				env.Control.Send(pipeline.Command{Action: pipeline.ActionTrigger, From: "key"})
			}()
			f := read(t, source)
			if f.PTS != want || !f.Captured.Equal(time.Now()) {
				t.Errorf("PTS %s, want %s", f.PTS, want)
			}
			f.Release()
		}
		if err := source.Close(); err != nil {
			t.Error(err)
		}
	})
}
