package impair

import (
	"encoding/binary"
	"net/netip"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	addressA = netip.MustParseAddrPort("10.0.0.1:5000")
	addressB = netip.MustParseAddrPort("10.0.0.2:5000")
	addressC = netip.MustParseAddrPort("10.0.0.3:5000")
)

// numbered is a datagram that carries its number.
func numbered(n, size int) []byte {
	return binary.BigEndian.AppendUint64(make([]byte, 0, size), uint64(n))[:size]
}

func number(b []byte) int { return int(binary.BigEndian.Uint64(b)) }
