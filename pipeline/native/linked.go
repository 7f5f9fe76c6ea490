//go:build opencv && !(linux && (amd64 || arm64))

package native

// Load does nothing: the libraries are there from the start.
func Load(...Library) error { return nil }
