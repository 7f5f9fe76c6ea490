// Package keys says what the keys mean by which a user steers what is played: the same in a window as in a terminal.
// How a key is read is each one's own business.
package keys

import "framewire/pipeline"

// The keys that are no characters.
const (
	Left = 0x110000 + iota // behind the last character
	Right
	Other // means nothing
)

// Seek is how far an arrow key seeks, in seconds.
const Seek = 10

// Command says what a key, a character or one of the above, asks of a source that can be paused and searched.
func Command(key int) (cmd pipeline.Command, ok bool) {
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
	case Right:
		cmd.Action, cmd.Value = pipeline.ActionSeek, Seek
	case Left:
		cmd.Action, cmd.Value = pipeline.ActionSeek, -Seek
	default:
		return cmd, false
	}
	return cmd, true
}
