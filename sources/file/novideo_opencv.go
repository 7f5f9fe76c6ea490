//go:build opencv

package file

import (
	"fmt"
	"os"
)

// noVideo says what is wrong with a local file in which no video was found.
func (t target) noVideo() error {
	if f, err := os.Open(t.path); err == nil {
		defer f.Close()
		if onlySound(f) {
			return fmt.Errorf("%s: it has only sound, no video", t)
		}
	}
	return fmt.Errorf("%s: no video was found in it: not a video file, damaged, or cut off before it was finished", t)
}
