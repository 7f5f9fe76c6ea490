//go:build opencv

package window

import (
	"testing"

	"framewire/pipeline"
)

func TestKeyOf(t *testing.T) {
	for code, want := range map[int]int{
		-1: keyNone, ' ': ' ', 'q': 'q', 27: keyEsc, 0xFF1B: keyEsc,
		0xFF51: keyLeft, 0xFF53: keyRight, 0x10FF51: keyLeft, // X11, and with NumLock
		0x250000: keyLeft, 0x270000: keyRight, 0xF702: keyLeft, 0xF703: keyRight, // Windows, Cocoa
		0xFF52: keyOther, 0xFFE1: keyOther, 0x700000: keyOther, // up, shift, F1: whose low bytes are letters
	} {
		if got := keyOf(code); got != want {
			t.Errorf("%#x: %#x, want %#x", code, got, want)
		}
	}
}

func TestCommandOf(t *testing.T) {
	for key, want := range map[int]pipeline.Command{
		' ':      {Action: pipeline.ActionPause},
		'.':      {Action: pipeline.ActionStep},
		'+':      {Action: pipeline.ActionSpeed, Value: 2},
		'=':      {Action: pipeline.ActionSpeed, Value: 2},
		'-':      {Action: pipeline.ActionSpeed, Value: 0.5},
		keyRight: {Action: pipeline.ActionSeek, Value: 10},
		keyLeft:  {Action: pipeline.ActionSeek, Value: -10},
		'i':      {}, 's': {}, 'f': {}, keyOther: {},
	} {
		got, ok := commandOf(key)
		want.From = "key"
		if got != want || ok != (want.Action != "") {
			t.Errorf("%#x: %+v %t, want %+v", key, got, ok, want)
		}
	}
}
