//go:build !linux

package tcp

import "net"

// unacknowledgedKnown tells whether unacknowledged can know.
const unacknowledgedKnown = false

// unacknowledged does not know here.
func unacknowledged(net.Conn) int { return 0 }

// boundUnsent does nothing here: the send buffer's own size is the bound.
func boundUnsent(net.Conn) {}
