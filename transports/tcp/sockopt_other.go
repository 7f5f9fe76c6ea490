//go:build !linux

package tcp

import "net"

// boundUnsent does nothing here: the send buffer's own size is the bound.
func boundUnsent(net.Conn) {}
