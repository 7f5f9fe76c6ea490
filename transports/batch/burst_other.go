//go:build !linux

package batch

import (
	"errors"
	"net/netip"
	"syscall"
)

// noBursts is never used: offload is not there.
type noBursts struct{}

func newBursts(socket, syscall.RawConn) bursts { return noBursts{} }

func (noBursts) write([]byte, int, netip.AddrPort) error { return errors.ErrUnsupported }

// blamesOffload is never asked here.
func blamesOffload(error) bool { return false }
