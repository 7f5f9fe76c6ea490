package tcp

import (
	"net"
	"testing"
	"time"
)

// A flood from one address holds up nobody from another, not even for the time that each guest may stay.
func TestFloodFromOneAddress(t *testing.T) {
	set := quick()
	set.grace, set.perAddress = time.Minute, 2
	s, log := startSender(t, SendConfig{Listen: loopback}, set)
	from := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 2)}}
	for range mostWaitingOfOne + 20 {
		conn, err := from.DialContext(t.Context(), "tcp", addressOf(s.end))
		if err != nil {
			t.Skip("this system has one loopback address only:", err)
		}
		t.Cleanup(func() { conn.Close() })
	}
	startReceiver(t, ReceiveConfig{Dial: addressOf(s.end)}, quick())
	log.await(t, "receiver connected")
}
