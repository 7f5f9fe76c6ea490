//go:build opencv

package window

import "framewire/pipeline/keys"

// Besides those of package keys, poll gives these.
const (
	keyNone = -1
	keyEsc  = 27
)

// keyOf makes one key of what the systems beneath highgui give for it: X11's keysyms with or without modifiers
// above them (Qt, GTK), Windows's virtual keys in the upper half, and Cocoa's characters.
func keyOf(code int) int {
	switch {
	case code < 0:
		return keyNone
	case code&0xFFFF == 0xFF51, code == 0x250000, code == 0xF702:
		return keys.Left
	case code&0xFFFF == 0xFF53, code == 0x270000, code == 0xF703:
		return keys.Right
	case code&0xFFFF == 0xFF1B:
		return keyEsc
	case code&0xFF00 != 0 || code&0xFFFF == 0:
		return keys.Other
	}
	return code & 0xFF
}
