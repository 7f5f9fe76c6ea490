package keys

import (
	"testing"

	"go.uber.org/goleak"

	"framewire/pipeline"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestCommand(t *testing.T) {
	for key, want := range map[int]pipeline.Command{
		' ':   {Action: pipeline.ActionPause},
		'.':   {Action: pipeline.ActionStep},
		'+':   {Action: pipeline.ActionSpeed, Value: 2},
		'=':   {Action: pipeline.ActionSpeed, Value: 2},
		'-':   {Action: pipeline.ActionSpeed, Value: 0.5},
		Right: {Action: pipeline.ActionSeek, Value: 10},
		Left:  {Action: pipeline.ActionSeek, Value: -10},
		'i':   {}, 's': {}, 'f': {}, Other: {},
	} {
		got, ok := Command(key)
		want.From = "key"
		if got != want || ok != (want.Action != "") {
			t.Errorf("%#x: %+v %t, want %+v", key, got, ok, want)
		}
	}
}
