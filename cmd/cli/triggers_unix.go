//go:build unix

package cli

import (
	"os"
	"syscall"
)

// triggers are the signals that trigger what a pipeline has to be triggered.
func triggers() []os.Signal { return []os.Signal{syscall.SIGUSR1} }
