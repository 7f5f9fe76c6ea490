//go:build !linux && !darwin

package disk

// device is not known: on Windows a folder does not hide the one below it.
func device(string) (uint64, bool) { return 0, false }
