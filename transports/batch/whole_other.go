//go:build unix && !linux && !darwin && !freebsd

package batch

import "syscall"

// keepWhole does nothing here: not all of these systems have the option.
func keepWhole(syscall.RawConn) {}
