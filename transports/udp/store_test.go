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
		if got := s.allow(s.find(7), ref{7, 2}, 1400); got != (i < mostSends-1) {
			t.Errorf("sending again for the %dth time is allowed: %v", i+1, got)
		}
	}
	if !s.allow(s.find(7), ref{7, 3}, 1400) {
		t.Error("another packet pays for the first")
	}
	if s.allow(s.find(7), ref{7, 1000}, 1400) {
		t.Error("a packet that there is not may be sent")
	}
}

func TestSendingAgainIsPaidFor(t *testing.T) {
	s := filled(t, 1, 7, false)
	s.credit = 1000
	if s.allow(s.find(7), ref{7, 0}, 1400) {
		t.Error("1400 bytes for a credit of 1000")
	}
	s.earn(4 * 400)
	if !s.allow(s.find(7), ref{7, 0}, 1400) || s.credit != 0 {
		t.Errorf("a quarter of what is sent does not count: %d bytes are left", s.credit)
	}
	s.earn(1 << 30)
	if s.credit != mostCredit {
		t.Errorf("a credit of %d bytes", s.credit)
	}
	l := filled(t, 1, 7, true)
	for range 10 {
		if !l.allow(l.find(7), ref{7, 0}, 1400) {
			t.Fatal("a lossless frame is not sent again")
		}
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
