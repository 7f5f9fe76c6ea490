package udp

import (
	"testing"
	"time"

	"framewire/pipeline"
	"framewire/transports/datagram"
)

// filled gives a store with so many messages from that number on.
func filled(t *testing.T, n int, first uint32, lossless bool) *store {
	t.Helper()
	pool, splitter := pipeline.NewPool(), datagram.NewSplitter()
	s := &store{credit: firstCredit}
	for i := range n {
		f := block(pool, uint64(i), 5000, lossless)
		m, err := splitter.Split(f, 0, 1000, 2)
		if err != nil {
			t.Fatal(err)
		}
		s.add(m, first+uint32(i), lossless)
		s.sent(first+uint32(i), time.Unix(int64(i), 0))
		m.Release()
		f.Release()
	}
	t.Cleanup(func() {
		s.clear()
		if n := pool.Outstanding(); n != 0 {
			t.Errorf("%d frames were not given back", n)
		}
	})
	return s
}

func TestStoreConfirmsAcrossTheWrap(t *testing.T) {
	s := filled(t, 6, 1<<32-3, true)
	if n := s.confirm(datagram.Report{AckBase: 1, AckBits: 2}); n != 4 {
		t.Errorf("%d frames are confirmed, want 4", n)
	}
	if frames, _ := s.unconfirmed(); frames != 2 {
		t.Errorf("%d frames are unconfirmed, want 2", frames)
	}
	if k := s.find(2); k == nil || !k.whole || s.find(1).whole {
		t.Error("the bits of a report are not believed")
	}
	if n := s.confirm(datagram.Report{AckBase: 1}); n != 0 {
		t.Errorf("%d frames are confirmed again", n)
	}
}

func TestLivePacketsAreSentThreeTimes(t *testing.T) {
	s := filled(t, 1, 7, false)
	for i := range 4 {
		if got := s.allow(s.find(7), ref{7, 2}, 1400, time.Time{}, 0); got != (i < mostSends-1) {
			t.Errorf("sending again for the %dth time is allowed: %v", i+1, got)
		}
	}
	if !s.allow(s.find(7), ref{7, 3}, 1400, time.Time{}, 0) {
		t.Error("another packet pays for the first")
	}
	if s.allow(s.find(7), ref{7, 1000}, 1400, time.Time{}, 0) {
		t.Error("a packet that there is not may be sent")
	}
}

func TestSendingAgainIsPaidFor(t *testing.T) {
	s := filled(t, 1, 7, false)
	s.credit = 1000
	if s.allow(s.find(7), ref{7, 0}, 1400, time.Time{}, 0) {
		t.Error("1400 bytes for a credit of 1000")
	}
	s.earn(4 * 400)
	if !s.allow(s.find(7), ref{7, 0}, 1400, time.Time{}, 0) || s.credit != 0 {
		t.Errorf("a quarter of what is sent does not count: %d bytes are left", s.credit)
	}
	s.earn(1 << 30)
	if s.credit != mostCredit {
		t.Errorf("a credit of %d bytes", s.credit)
	}
}

// Whoever asks for the same packets of a lossless frame all the time gets each once in half a round trip, and
// altogether as much again as was sent, and a little more in each round trip.
func TestLosslessResendsAreBounded(t *testing.T) {
	const trip = 40 * time.Millisecond
	s := filled(t, 1, 7, true)
	s.first(10_000)
	sent, now := 0, time.Unix(100, 0)
	for range 1000 { // a second
		now = now.Add(time.Millisecond)
		if s.allow(s.find(7), ref{7, 0}, 1000, now, trip) {
			sent++
		}
	}
	if sent != 50 {
		t.Errorf("one packet was sent %d times in 25 round trips, want 50", sent)
	}
	s.repeats, sent = 10_000, 0
	for range 100 {
		now = now.Add(trip / 2)
		for packet := range s.find(7).m.Packets() {
			if s.allow(s.find(7), ref{7, packet}, 10_000, now, trip) {
				sent += 10_000
			}
		}
	}
	if limit := 10_000 + 50*leastWindow; sent > limit || sent < limit/2 {
		t.Errorf("%d bytes were sent again, want nearly %d", sent, limit)
	}
}

// Reports of impossible numbers change no window and no rate beyond what is real.
func TestReportsThatLie(t *testing.T) {
	var f flight
	f.begin()
	now := time.Unix(100, 0)
	for i, bytes := range []uint64{1000, 1 << 63, 10, 1<<64 - 1, 0} {
		now = now.Add(300 * time.Millisecond)
		f.report(datagram.Report{Highest: uint64(i), Received: uint64(i), Bytes: bytes}, now)
		if f.window < leastWindow || f.window > mostWindow {
			t.Fatalf("after a report of %d bytes the window has %d", bytes, f.window)
		}
		if last := f.last.Bytes; last < bytes {
			t.Fatalf("%d bytes were believed less than before", last)
		}
	}
}

func TestStoreIsBoundedInBytes(t *testing.T) {
	s := filled(t, 3, 0, false)
	s.live += mostBytes - 3*5000 - s.kept[0].m.Layout().Length/2 // as if they were large
	s.add(s.kept[2].m, 3, false)
	if len(s.kept) != 3 || s.find(0) != nil {
		t.Errorf("%d messages are kept, want 3 without the oldest", len(s.kept))
	}
	s.live = 0
	for _, k := range s.kept {
		s.live += k.m.Layout().Length
	}
	for len(s.kept) > 0 {
		s.remove(0)
	}
	if s.live != 0 {
		t.Errorf("%d bytes are counted of nothing", s.live)
	}
}

func TestStoreForgets(t *testing.T) {
	s := filled(t, 5, 0, false)
	s.expire(time.Unix(4, 0), 2*time.Second)
	if len(s.kept) != 3 || s.find(0) != nil || s.find(2) == nil {
		t.Errorf("%d messages are kept, want 3", len(s.kept))
	}
	if s := filled(t, mostKept+10, 0, false); len(s.kept) != mostKept || s.find(9) != nil || s.find(10) == nil {
		t.Errorf("%d messages are kept, want %d", len(s.kept), mostKept)
	}
}

// What a receiver's socket keeps bounds what is on its way, however well all goes, and however little it claims.
func TestWindowKeepsToTheRoom(t *testing.T) {
	for room, want := range map[uint32]int{0: mostWindow, 1: leastWindow, 212_992: 212_992, 1<<32 - 1: mostWindow} {
		var f flight
		f.begin()
		now := time.Unix(1000, 0)
		r := datagram.Report{Room: room}
		for range 100 {
			now = now.Add(50 * time.Millisecond)
			r.Highest, r.Received, r.Bytes = r.Highest+1000, r.Received+1000, r.Bytes+1<<20
			f.report(r, now)
		}
		if f.window != want {
			t.Errorf("with room for %d bytes the window has %d, want %d", room, f.window, want)
		}
	}
}
