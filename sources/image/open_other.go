//go:build !unix

package image

import "os"

// openAtOnce opens a file to read. There are no pipes in folders.
func openAtOnce(path string) (*os.File, error) { return os.Open(path) }
