//go:build !linux

package batch

// control is not used here: offload never is.
type control struct{}

func (*control) segment(int) []byte { return nil }

// blamesOffload is never asked here.
func blamesOffload(error) bool { return false }
