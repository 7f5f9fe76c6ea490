//go:build opencv

package window

import "framewire/pipeline"

// The keys that are no characters, as poll gives them.
const (
	keyNone = -1
	keyLeft = 0x110000 + iota // behind the last character
	keyRight
	keyOther
)

// seekStep is how far an arrow key seeks, in seconds.
const seekStep = 10

// keyOf makes one key of what the systems beneath highgui give for it: X11's keysyms with or without modifiers
// above them (Qt, GTK), Windows's virtual keys in the upper half, and Cocoa's characters.
func keyOf(code int) int {
	switch {
	case code < 0:
		return keyNone
	case code&0xFFFF == 0xFF51, code == 0x250000, code == 0xF702:
		return keyLeft
	case code&0xFFFF == 0xFF53, code == 0x270000, code == 0xF703:
		return keyRight
	case code&0xFFFF == 0xFF1B:
		return keyEsc
	case code&0xFF00 != 0 || code&0xFFFF == 0:
		return keyOther
	}
	return code & 0xFF
}

const keyEsc = 27

// commandOf says what a key means to a source that can be paused and searched.
func commandOf(key int) (cmd pipeline.Command, ok bool) {
	cmd.From = "key"
	switch key {
	case ' ':
		cmd.Action = pipeline.ActionPause
	case '.':
		cmd.Action = pipeline.ActionStep
	case '+', '=': // on one key, in many places
		cmd.Action, cmd.Value = pipeline.ActionSpeed, 2
	case '-':
		cmd.Action, cmd.Value = pipeline.ActionSpeed, 0.5
	case keyRight:
		cmd.Action, cmd.Value = pipeline.ActionSeek, seekStep
	case keyLeft:
		cmd.Action, cmd.Value = pipeline.ActionSeek, -seekStep
	default:
		return cmd, false
	}
	return cmd, true
}
