package pipeline

import "strings"

// Cause is an error's words without the one that steers the runner, before or behind them: what a user, or the one
// who sent the frame, is told.
func Cause(err error) string {
	text := err.Error()
	for _, steer := range []error{ErrSkip, ErrLost, ErrEnd, ErrDone} {
		word := steer.Error()
		if words := strings.TrimPrefix(strings.TrimSuffix(text, ": "+word), word+": "); words != text {
			return words
		}
	}
	return text
}
