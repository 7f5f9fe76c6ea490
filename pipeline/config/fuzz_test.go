package config

import (
	"errors"
	"strings"
	"testing"

	"framewire/pipeline"
)

// FuzzLoad feeds any text and any override. A load must end, must open nothing but its file, and gives
// either chains that can be run or faults that say where and what.
func FuzzLoad(f *testing.F) {
	for _, c := range faultCases {
		f.Add(c.text, "source.size=640x480")
	}
	for _, c := range overrideCases {
		f.Add(c.text, strings.Join(c.set, "\n"))
	}
	for _, c := range hostileCases {
		if len(c.text) < 32<<10 {
			f.Add(c.text, "")
		}
	}
	f.Fuzz(func(t *testing.T, text, set string) {
		var opened []string
		opts := Options{
			LookupEnv: func(name string) (string, bool) { return "value", name == "NAME" },
			ReadFile:  func(name string) ([]byte, error) { opened = append(opened, name); return []byte(text), nil },
		}
		if set != "" {
			opts.Set = strings.Split(set, "\n")
		}
		chains, err := Load(fakes(t, ""), opts, "c.yaml")
		if len(opened) != 1 || opened[0] != "c.yaml" {
			t.Fatalf("opened %q", opened)
		}
		if err == nil {
			checkChains(t, chains)
			return
		}
		var faults Faults
		if !errors.As(err, &faults) || len(faults) == 0 {
			t.Fatalf("%T %v is no list of faults", err, err)
		}
		lines := strings.Count(text, "\n") + 1 + strings.Count(text, "\r")
		for _, fault := range faults {
			if fault.Problem == "" || fault.File == "" || fault.Line > lines || fault.Line < 0 || (fault.Column > 0) != (fault.Line > 0) {
				t.Fatalf("a fault that helps nobody: %+v", fault)
			}
		}
		_ = err.Error()
	})
}

// checkChains holds what the engine relies on.
func checkChains(t *testing.T, chains []pipeline.Chain) {
	t.Helper()
	if len(chains) == 0 {
		t.Fatal("neither a chain nor a fault")
	}
	for _, c := range chains {
		nodes := append([]pipeline.Node{c.Input}, c.Filters...)
		nodes = append(nodes, c.Outputs...)
		if c.Encoder != nil {
			nodes = append(nodes, *c.Encoder)
		}
		if c.Name == "" || len(c.Outputs) == 0 {
			t.Fatalf("half a chain: %+v", c)
		}
		for _, n := range nodes {
			if n.Config == nil || n.Spec.Name == "" || n.Path == "" || n.Pos == "" {
				t.Fatalf("half a node: %+v", n)
			}
		}
	}
}
