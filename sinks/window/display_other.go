//go:build opencv && !linux

package window

import (
	"context"
	"image"
)

// findDisplay has nothing to look for: the system always has a display, and does not end the process
// when it has none.
func findDisplay(context.Context) (image.Point, error) { return image.Pt(1366, 768), nil }
