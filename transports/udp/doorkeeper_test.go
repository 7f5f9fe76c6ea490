package udp

import (
	"net/netip"
	"testing"
	"time"
)

// A flood from one network is read no further than its share, and leaves room for others; one from many is
// bounded altogether; and a second later all are heard again.
func TestDoorkeeper(t *testing.T) {
	var d doorkeeper
	now := time.Unix(1000, 0)
	flood := func(from netip.Addr) (read int) {
		for range 10 * mostVain {
			if !d.shut(from, now) {
				d.failed(from)
				read++
			}
		}
		return read
	}
	one, other := netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr("192.0.2.1")
	if n := flood(one) + flood(one.Next()); n != mostVainOfOne {
		t.Errorf("read %d of one network, want %d", n, mostVainOfOne)
	}
	if d.shut(other, now) {
		t.Error("another network is shut out")
	}
	for range 2 * mostVain {
		if other = other.Next(); !d.shut(other, now) {
			d.failed(other)
		}
	}
	if d.vain != mostVain || len(d.of) > knownDoors+1 {
		t.Errorf("read %d, want %d; counted %d networks", d.vain, mostVain, len(d.of))
	}
	if now = now.Add(time.Second); d.shut(one, now) {
		t.Error("still shut a second later")
	}
}
