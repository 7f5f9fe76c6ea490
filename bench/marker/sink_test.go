package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"framewire/pipeline"
	"framewire/pipeline/config"
	"framewire/pipeline/pipelinetest"
)

func TestConformance(t *testing.T) {
	pipelinetest.Sink(t, pipelinetest.SinkCase{
		Spec:      sinkSpec(),
		Configure: func(t *testing.T, cfg any) { cfg.(*sinkConfig).Path = filepath.Join(t.TempDir(), "seen.json") },
	})
}

// TestSink writes what it has seen when it is closed.
func TestSink(t *testing.T) {
	path := filepath.Join(t.TempDir(), "seen.json")
	s, err := sinkSpec().NewSink(&sinkConfig{Path: path, Skip: 1}, pipeline.Env{})
	if err != nil {
		t.Fatal(err)
	}
	source, err := pattern(config.Size{Width: 64, Height: 64}, 1000, 3, pipeline.LayoutBGR)
	if err != nil {
		t.Fatal(err)
	}
	if err := source.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer source.Close()
	for range 3 {
		f, err := source.Read(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Write(t.Context(), f); err != nil {
			t.Fatal(err)
		}
		f.Release()
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var sum summary
	if err := json.Unmarshal(text, &sum); err != nil || sum.Frames != 2 || sum.Lost != 0 || sum.Max <= 0 {
		t.Errorf("%+v, %v", sum, err)
	}
}

func TestSinkWithoutAPath(t *testing.T) {
	if err := new(sinkConfig).Validate(); err == nil || err.Error() != "path: is missing" {
		t.Error(err)
	}
}
