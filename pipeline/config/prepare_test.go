package config

import (
	"testing"
)

// TestPrepareComesBeforeTheJudgement has a field filled in whose lack would be a fault.
func TestPrepareComesBeforeTheJudgement(t *testing.T) {
	text := "source: {type: file}\nsinks: [{type: \"null\"}]\n"
	read := func(string) ([]byte, error) { return []byte(text), nil }
	if _, err := Load(fakes(t, ""), Options{ReadFile: read}, "c.yaml"); err == nil {
		t.Fatal("a clip without a path is no fault")
	}
	seen := 0
	chains, err := Load(fakes(t, ""), Options{ReadFile: read, Prepare: func(cfg any) {
		seen++
		if clip, ok := cfg.(*clipConfig); ok {
			clip.Path = "filled in"
		}
	}}, "c.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if got := chains[0].Input.Config.(*clipConfig).Path; got != "filled in" || seen != 2 {
		t.Errorf("path %q, %d configs prepared", got, seen)
	}
}
