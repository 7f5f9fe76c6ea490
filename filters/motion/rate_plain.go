//go:build !opencv

package motion

import "time"

// jpegEvery is the least time between two looks at JPEG: the standard library takes 15 ms for 1080p.
const jpegEvery = 250 * time.Millisecond
