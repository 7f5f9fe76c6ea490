//go:build !linux

package batch

import "net/netip"

// PathMTU is the largest IP packet, in bytes, that the system believes to fit the way to a peer. It is 0
// where that is not known, as here.
func PathMTU(netip.AddrPort) int { return 0 }
