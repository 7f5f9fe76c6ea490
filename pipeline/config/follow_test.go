package config

import (
	"testing"

	"framewire/pipeline"
)

type clipsConfig struct {
	Trigger struct {
		Motion bool `yaml:"motion"`
	} `yaml:"trigger"`
}

// TestFollows has an output that waits for a filter's marks.
func TestFollows(t *testing.T) {
	reg, err := pipeline.NewRegistry(
		fake(pipeline.KindSource, "camera", "pictures", nothing{}),
		fake(pipeline.KindReceive, "tcp", "frames", nothing{}),
		fake(pipeline.KindFilter, "motion", "marks", nothing{}),
		fake(pipeline.KindFilter, "crop", "a part", nothing{}),
		pipeline.SinkSpec[clipsConfig]{Name: "clips", Follows: func(cfg *clipsConfig) (filter, field string) {
			if cfg.Trigger.Motion {
				return "motion", "trigger.motion"
			}
			return "", ""
		}}.Spec(),
	)
	if err != nil {
		t.Fatal(err)
	}
	const (
		clips   = "sinks: [{type: clips, trigger: {motion: true}}]\n"
		missing = "c.yaml:1:41: sinks.0 clips: trigger.motion: needs the filter motion\n    add filters: [{type: motion}]"
	)
	for _, c := range []struct{ text, want string }{
		{clips + "source: {type: camera}\n", missing},
		{clips + "source: {type: camera}\nfilters: [{type: crop}]\n", missing},
		{clips + "source: {type: camera}\nfilters: [{type: crop}, {type: motion}]\n", ""},
		{clips + "receive: {type: tcp}\n", ""}, // the sender may have the filter
		{clips + "source: {type: camera}\nfilters: [{type: mtion}]\n", "c.yaml:3:18: filters.0: unknown type \"mtion\"\n    did you mean \"motion\"?"},
		{"sinks: [{type: clips}]\nsource: {type: camera}\n", ""},
	} {
		_, err := Load(reg, Options{ReadFile: func(string) ([]byte, error) { return []byte(c.text), nil }}, "c.yaml")
		got := ""
		if err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%s: got\n%s\nwant\n%s", c.text, got, c.want)
		}
	}
}
