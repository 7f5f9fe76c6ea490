//go:build !unix

package cli

import "os"

// triggers is empty: there is no signal to use.
func triggers() []os.Signal { return nil }
