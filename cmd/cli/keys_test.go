package cli

import (
	"slices"
	"testing"

	"framewire/pipeline"
)

func TestPressed(t *testing.T) {
	pause, step := pipeline.Command{Action: pipeline.ActionPause}, pipeline.Command{Action: pipeline.ActionStep}
	trigger, quit := pipeline.Command{Action: pipeline.ActionTrigger}, pipeline.Command{Action: actionQuit}
	seek := func(by float64) pipeline.Command { return pipeline.Command{Action: pipeline.ActionSeek, Value: by} }
	speed := func(by float64) pipeline.Command {
		return pipeline.Command{Action: pipeline.ActionSpeed, Value: by}
	}
	for keys, want := range map[string][]pipeline.Command{
		"":                                  nil,
		" ":                                 {pause},
		" .":                                {pause, step},
		"+=-":                               {speed(2), speed(2), speed(0.5)},
		"\x1b[C\x1b[D":                      {seek(10), seek(-10)},
		"\x1bOC\x1bOD":                      {seek(10), seek(-10)},
		"\x1b[A\x1b[B\x1b[1;5C\x1b[3~\x1b[": nil, // up, down, with Ctrl, delete, and a sequence that is cut off
		"\x1b":                              nil,
		"\x1bq":                             {quit},
		"\rt\nT":                            {trigger, trigger, trigger, trigger},
		"qQ":                                {quit, quit},
		"xyz \xff\x00":                      {pause},
	} {
		got := pressed([]byte(keys))
		for i := range want {
			want[i].From = "key"
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: %+v, want %+v", keys, got, want)
		}
	}
}

func FuzzPressed(f *testing.F) {
	f.Add([]byte("\x1b[1;5C\x1bOD q"))
	f.Add([]byte("\x1b["))
	f.Fuzz(func(t *testing.T, keys []byte) {
		if n := len(pressed(keys)); n > len(keys) {
			t.Errorf("%d commands from %d bytes", n, len(keys))
		}
	})
}
