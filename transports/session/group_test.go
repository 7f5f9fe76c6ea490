package session

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// openGroup opens a copy of a packet.
func openGroup(g *GroupReceiver, packet []byte) (string, uint64, error) {
	plain, id, err := g.Open(append([]byte(nil), packet...))
	return string(plain), id, err
}

func TestGroup(t *testing.T) {
	for _, mode := range modes {
		s := NewGroupSender(mode.key)
		receivers := []*GroupReceiver{NewGroupReceiver(mode.key), NewGroupReceiver(mode.key)}
		for _, text := range []string{"one", "", "three"} {
			packet := seal(s, text)
			if len(packet) != len(text)+s.Overhead() {
				t.Errorf("%s: packet of %d bytes for %d", mode.name, len(packet), len(text))
			}
			for _, g := range receivers {
				if got, id, err := openGroup(g, packet); got != text || id != s.ID() || err != nil {
					t.Errorf("%s: %q of session %x, %v", mode.name, got, id, err)
				}
				if _, _, err := openGroup(g, packet); !errors.Is(err, ErrReplay) {
					t.Errorf("%s: replay: %v", mode.name, err)
				}
			}
			if _, err := open(s, packet); !errors.Is(err, ErrPacket) {
				t.Errorf("%s: the sender opens its own: %v", mode.name, err)
			}
		}
		if sealed, opened := s.Received(); sealed != 0 || opened != 0 {
			t.Errorf("%s: a sender received %d of %d", mode.name, opened, sealed)
		}
		// A late receiver begins anywhere.
		if _, _, err := openGroup(NewGroupReceiver(mode.key), seal(s, "late")); err != nil {
			t.Errorf("%s: a late receiver: %v", mode.name, err)
		}
	}
}

func TestGroupRefuses(t *testing.T) {
	key := testKey(7)
	packet := seal(NewGroupSender(key), "data")
	clear := seal(NewGroupSender(nil), "data that is long enough for a tag")
	ours, _ := pair(t, key)
	g := NewGroupReceiver(key)
	flips(packet, func(at int, flipped []byte) {
		if _, _, err := g.Open(flipped); err == nil {
			t.Errorf("byte %d flipped: opened", at)
		}
	})
	for n := range packet {
		if _, _, err := openGroup(g, packet[:n]); err == nil {
			t.Errorf("the first %d bytes opened", n)
		}
	}
	asSealed := append([]byte(nil), clear...)
	asSealed[0] = byte(KindGroup)
	for name, foreign := range map[string][]byte{
		"another secret": seal(NewGroupSender(testKey(8)), "data"), "clear data": clear,
		"clear data as sealed": asSealed, "a session of two": seal(ours, "data"),
	} {
		if _, _, err := openGroup(g, foreign); err == nil {
			t.Errorf("%s opened", name)
		}
	}
	if g.current != nil || len(g.known) != 0 {
		t.Error("something that did not open is remembered")
	}
	if _, _, err := openGroup(NewGroupReceiver(nil), packet); err == nil {
		t.Error("sealed data opened without a secret")
	}
	if _, _, err := openGroup(g, packet); err != nil {
		t.Errorf("the right one after the wrong ones: %v", err)
	}
}

func TestGroupNewestWins(t *testing.T) {
	for _, mode := range modes {
		key := mode.key
		old, recent := newGroupSender(key, 10, 5), newGroupSender(key, 20, 900)
		g := NewGroupReceiver(key)
		expect := func(what string, packet []byte, want error) {
			t.Helper()
			if _, _, err := openGroup(g, packet); !errors.Is(err, want) {
				t.Errorf("%s: %s: %v, want %v", mode.name, what, err, want)
			}
		}
		recorded := seal(old, "recorded")
		expect("the first session", recorded, nil)
		expect("a newer one", seal(recent, "new"), nil)
		expect("the older one beside it", seal(old, "more"), ErrReplay)

		g.Silent()
		expect("a replay in the silence", recorded, ErrReplay)
		expect("what never came, in the silence", seal(old, "back"), nil)
		expect("the newer one comes back", seal(recent, "again"), nil)
		expect("the older one after that", seal(old, "late"), ErrReplay)
		g.Silent()
		expect("the newer one after a silence", seal(recent, "again"), nil)
		expect("which ends the silence", seal(old, "late"), ErrReplay)
	}
}

func TestReplayedGroupsPushNoNewerOut(t *testing.T) {
	key := testKey(7)
	g := NewGroupReceiver(key)
	live := newGroupSender(key, 1000, 0)
	first := seal(live, "first")
	if _, _, err := openGroup(g, first); err != nil {
		t.Fatal(err)
	}
	for id := range uint64(5 * groupSessions) {
		g.Silent()
		if _, _, err := openGroup(g, seal(newGroupSender(key, id, 0), "old")); err != nil {
			t.Fatalf("session %d in the silence: %v", id, err)
		}
		if len(g.known) > groupSessions {
			t.Fatalf("%d sessions are known", len(g.known))
		}
	}
	if _, _, err := openGroup(g, first); !errors.Is(err, ErrReplay) {
		t.Errorf("replay of the live session: %v", err)
	}
	if _, _, err := openGroup(g, seal(live, "back")); err != nil {
		t.Errorf("the live session: %v", err)
	}
}

func TestGroupIDsFollowTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for range 500 {
			before := NewGroupSender(nil)
			time.Sleep(time.Second/256 + 1)
			after := NewGroupSender(nil)
			if before.ID() >= after.ID() {
				t.Fatalf("session %x is followed by %x", before.ID(), after.ID())
			}
		}
		now := NewGroupSender(nil).ID() >> 32
		if now != uint64(time.Now().Unix()) {
			t.Errorf("id begins with %d s", now)
		}
	})
}

func TestGroupSessionsOfOneInstantDiffer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b := NewGroupSender(testKey(7)), NewGroupSender(testKey(7))
		first := min(a.sealer.next, b.sealer.next)
		if last := max(a.sealer.next, b.sealer.next); last-first < maxPackets {
			t.Errorf("counters begin at %d and %d", first, last)
		}
		if end := a.sealer.end; end != a.sealer.next+maxPackets || end > 1<<63 {
			t.Errorf("counters end at %d", end)
		}
	})
}
