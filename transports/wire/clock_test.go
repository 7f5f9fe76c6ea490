package wire

import (
	"encoding/binary"
	"testing"
	"time"
)

// exchange makes a pong as a peer whose clock is ahead by offset would send it, and when it comes.
func exchange(at time.Time, offset, forth, hold, back time.Duration) (Pong, time.Time) {
	received := at.Add(forth + offset)
	return Pong{PingSent: at, Received: received, Sent: received.Add(hold)}, at.Add(forth + hold + back)
}

func TestClock(t *testing.T) {
	const ms, us = time.Millisecond, time.Microsecond
	type step struct{ after, offset, forth, hold, back time.Duration }
	tests := []struct {
		name       string
		steps      []step
		want, near time.Duration
	}{
		{"even paths", []step{{0, 5 * time.Second, ms, ms, ms}}, 5 * time.Second, 0},
		{"a clock behind", []step{{0, -time.Hour, ms, 3 * ms, ms}}, -time.Hour, 0},
		{"uneven paths are wrong by at most half", []step{{0, time.Second, 8 * ms, 0, 2 * ms}}, time.Second, 5 * ms},
		{"the shortest round trip counts", []step{
			{0, 0, 200 * ms, 0, 2 * ms}, {time.Second, 0, 100 * us, 0, 100 * us}, {time.Second, 0, 300 * ms, 0, ms},
		}, 0, 0},
		{"drift makes old exchanges worse", []step{
			{0, 0, 100 * us, 0, 100 * us}, {30 * time.Second, 450 * us, 200 * us, 0, 200 * us},
		}, 450 * us, 0},
		{"a clock that was set is believed", []step{
			{0, 0, 100 * us, 0, 100 * us}, {time.Second, -time.Hour, 5 * ms, 0, 5 * ms},
		}, -time.Hour, 0},
		{"a busy moment is no change of the clock", []step{
			{0, 0, 100 * us, 0, 100 * us}, {time.Second, 0, 0, 0, 900 * ms},
		}, 0, 0},
		{"a pong before its ping is ignored", []step{
			{0, time.Second, ms, 0, ms}, {time.Second, time.Second, ms, 0, -3 * ms},
		}, time.Second, 0},
		{"a hold below zero is ignored", []step{
			{0, time.Second, ms, 0, ms}, {time.Second, time.Second, ms, -5 * ms, 9 * ms},
		}, time.Second, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var c Clock
			now := time.Unix(1_700_000_000, 0)
			if got := c.Local(now); !got.Equal(now) {
				t.Errorf("without an exchange a time moved by %s", got.Sub(now))
			}
			for _, s := range test.steps {
				now = now.Add(s.after)
				c.Add(exchange(now, s.offset, s.forth, s.hold, s.back))
			}
			got, bound, ok := c.Offset()
			if off := (got - test.want).Abs(); !ok || off > test.near || off > bound {
				t.Errorf("offset %s, bound %s, %v; want %s within %s", got, bound, ok, test.want, test.near)
			}
			if local := c.Local(now.Add(got)); !local.Equal(now) {
				t.Errorf("their %s is our %s", now.Add(got), local)
			}
			if !c.Local(time.Time{}).IsZero() {
				t.Error("no time became a time")
			}
		})
	}
}

// After more exchanges than are remembered the clock follows a drift.
func TestClockForgets(t *testing.T) {
	var c Clock
	now := time.Unix(1_700_000_000, 0)
	var offset time.Duration
	for range 10 * clockWindow {
		now, offset = now.Add(time.Second), offset+10*time.Microsecond
		c.Add(exchange(now, offset, time.Millisecond, 0, time.Millisecond))
	}
	if got, _, _ := c.Offset(); (offset - got).Abs() > 50*time.Microsecond {
		t.Errorf("offset %s, want about %s", got, offset)
	}
}

func FuzzClock(f *testing.F) {
	f.Add(binary.BigEndian.AppendUint64(nil, 1<<63), int64(0))
	f.Add(make([]byte, 48), int64(1))
	f.Fuzz(func(t *testing.T, b []byte, came int64) {
		var c Clock
		for ; len(b) >= 24; b = b[24:] {
			p, err := parsePong(b[:24])
			if err != nil {
				t.Fatal(err)
			}
			c.Add(p, time.Unix(0, came))
			offset, bound, ok := c.Offset()
			if bound < 0 || offset.Abs() > clockLimit || (!ok && offset != 0) {
				t.Fatalf("offset %d, bound %d, %v", offset, bound, ok)
			}
			c.Local(time.Unix(0, came))
		}
	})
}
