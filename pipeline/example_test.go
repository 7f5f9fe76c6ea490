package pipeline_test

import (
	"context"
	"fmt"

	"framewire/pipeline"
)

// NegativeConfig is what a user may set: the yaml name of each field, its meaning, and a default.
type NegativeConfig struct {
	Above int `yaml:"above" doc:"samples brighter than this are inverted, 0 to 255"`
}

// Validate reports faults in the words of the config file.
func (c *NegativeConfig) Validate() error {
	if c.Above < 0 || c.Above > 255 {
		return pipeline.FieldErrorf("above", "", "%d is not between 0 and 255", c.Above)
	}
	return nil
}

// NegativeSpec describes the filter. A program that lists it in its registry has it in its configs, its
// manual and its checks.
func NegativeSpec() pipeline.Spec {
	return pipeline.FilterSpec[NegativeConfig]{
		Name:     "negative",
		Summary:  "inverts bright samples",
		Defaults: NegativeConfig{Above: 127},
		New: func(cfg *NegativeConfig, _ pipeline.Env) (pipeline.Filter, error) {
			return &negative{above: byte(cfg.Above)}, nil
		},
	}.Spec()
}

type negative struct{ above byte }

var _ pipeline.Filter = (*negative)(nil)

// Apply derives a new frame, because the one that it gets may be seen by others, and gives it away.
func (n *negative) Apply(_ context.Context, in *pipeline.Frame) (*pipeline.Frame, error) {
	if err := in.Format.Check(len(in.Data)); err != nil {
		return nil, fmt.Errorf("%w: %w", err, pipeline.ErrSkip)
	}
	out := in.Derive(len(in.Data))
	for i, sample := range in.Data {
		if sample > n.above {
			sample = 255 - sample
		}
		out.Data[i] = sample
	}
	return out, nil
}

func (n *negative) Close() error { return nil }

// A filter is a config, a spec and two methods. Its own test calls pipelinetest.Filter.
func Example_filter() {
	registry, err := pipeline.NewRegistry(NegativeSpec())
	if err != nil {
		fmt.Println(err)
		return
	}
	spec, _ := registry.Lookup(pipeline.KindFilter, "negative")
	cfg := spec.Config() // the defaults; the loader fills in what the user sets
	filter, err := spec.NewFilter(cfg, pipeline.Env{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer filter.Close()

	pool := pipeline.NewPool()
	in := pool.Get(4)
	in.Format = pipeline.Raw(pipeline.LayoutGray, 2, 2)
	copy(in.Data, []byte{0, 100, 200, 255})
	out, err := filter.Apply(context.Background(), in)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(in.Data, "became", out.Data)
	in.Release()
	out.Release()
	fmt.Println(pool.Outstanding(), "frames are left")
	// Output:
	// [0 100 200 255] became [0 100 55 0]
	// 0 frames are left
}
