//go:build opencv

package window

import (
	"testing"

	"framewire/pipeline/keys"
)

func TestKeyOf(t *testing.T) {
	for code, want := range map[int]int{
		-1: keyNone, ' ': ' ', 'q': 'q', 27: keyEsc, 0xFF1B: keyEsc,
		0xFF51: keys.Left, 0xFF53: keys.Right, 0x10FF51: keys.Left, // X11, and with NumLock
		0x250000: keys.Left, 0x270000: keys.Right, 0xF702: keys.Left, 0xF703: keys.Right, // Windows, Cocoa
		0xFF52: keys.Other, 0xFFE1: keys.Other, 0x700000: keys.Other, // up, shift, F1: whose low bytes are letters
	} {
		if got := keyOf(code); got != want {
			t.Errorf("%#x: %#x, want %#x", code, got, want)
		}
	}
}
