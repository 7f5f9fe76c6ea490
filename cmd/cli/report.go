package cli

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/renameio/v2"

	"framewire/pipeline"
)

// report is the JSON object that --report writes.
type report struct {
	Version   string                             `json:"version"`
	Started   time.Time                          `json:"started"`
	Seconds   float64                            `json:"seconds"`
	Pipelines map[string]pipeline.PipelineReport `json:"pipelines"`
}

// writeReport writes the report file, whole or not at all.
func writeReport(file string, group *pipeline.Group, started time.Time) error {
	rep := report{
		Version: version(), Started: started.UTC().Truncate(time.Millisecond),
		Seconds:   time.Since(started).Round(time.Millisecond).Seconds(),
		Pipelines: make(map[string]pipeline.PipelineReport),
	}
	for _, r := range group.Runners() {
		rep.Pipelines[r.Name()] = r.Report()
	}
	text, err := json.MarshalIndent(rep, "", "  ")
	if err != nil {
		return fmt.Errorf("make the report: %w", err)
	}
	if err := renameio.WriteFile(file, append(text, '\n'), 0o644); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}
