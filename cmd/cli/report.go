package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

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
	if err := replaceFile(file, append(text, '\n')); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}

// replaceFile writes a file under another name first, so that a reader sees the old one or the new one,
// whole. A device or pipe, such as /dev/stdout, is written to as it is.
func replaceFile(file string, text []byte) error {
	if info, err := os.Stat(file); err == nil && !info.Mode().IsRegular() {
		return os.WriteFile(file, text, 0)
	}
	f, err := os.CreateTemp(filepath.Dir(file), ".report-*")
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	err = errors.Join(err, f.Chmod(0o644), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), file)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}
