package jpeg

import "slices"

// grow gives a slice of n bytes, the same memory where it is large enough.
func grow(buf []byte, n int) []byte { return slices.Grow(buf[:0], n)[:n] }
