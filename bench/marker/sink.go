package main

import (
	"context"
	"errors"
	"os"
	"time"

	"framewire/cmd/cli"
	"framewire/cmd/standard"
	"framewire/pipeline"
)

// runFramewire is framewire with one more plugin.
func runFramewire(args []string) int {
	program := standard.Program()
	program.Plugins = append(program.Plugins, sinkSpec())
	return cli.Main(program, args)
}

// sinkConfig is the configuration of the sink marker.
type sinkConfig struct {
	Path string `yaml:"path" doc:"file for the summary, as JSON"`
	Skip uint64 `yaml:"skip" doc:"pictures at the beginning that do not count"`
}

// Validate reports a missing path.
func (c *sinkConfig) Validate() error {
	if c.Path == "" {
		return pipeline.FieldErrorf("path", "", "is missing")
	}
	return nil
}

// sinkSpec describes the sink, which reads the marker of each decoded picture.
func sinkSpec() pipeline.Spec {
	return pipeline.SinkSpec[sinkConfig]{
		Name:    "marker",
		Summary: "reads the marker of each picture and writes the latencies",
		Accepts: func(*sinkConfig) []pipeline.Format { return []pipeline.Format{pipeline.AnyRaw} },
		New: func(c *sinkConfig, _ pipeline.Env) (pipeline.Sink, error) {
			return &sink{path: c.Path, tally: tally{skip: c.Skip}}, nil
		},
	}.Spec()
}

type sink struct {
	path string
	tally
}

var _ pipeline.Sink = (*sink)(nil)

// Open has nothing to open.
func (s *sink) Open(context.Context) error { return nil }

// Write notes a picture.
func (s *sink) Write(_ context.Context, f *pipeline.Frame) error {
	return s.add(f, time.Now())
}

// Close writes the summary.
func (s *sink) Close() error {
	sum, err := s.summarize(nil)
	if err != nil {
		return err
	}
	file, err := os.Create(s.path)
	if err != nil {
		return err
	}
	return errors.Join(sum.print(file), file.Close())
}
