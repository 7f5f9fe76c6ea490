package session

import (
	"bytes"
	"errors"
	"sync"
	"testing"
)

func TestPacketDamaged(t *testing.T) {
	for _, mode := range modes {
		ours, theirs := pair(t, mode.key)
		packet := seal(ours, "data of a frame")
		for n := range packet {
			short := bytes.Clone(packet[:n])
			if mode.key == nil && n >= Header {
				continue // clear data are not authenticated: UDP's checksum has to do
			}
			if plain, err := theirs.Open(short); plain != nil || err == nil {
				t.Errorf("%s: the first %d bytes opened", mode.name, n)
			}
		}
		if mode.key != nil {
			if _, err := theirs.Open(append(bytes.Clone(packet), 0)); err != ErrForged {
				t.Errorf("one byte more: %v", err)
			}
		}
	}
}

// A packet that comes back to its sender must not open, whatever id is written into it.
func TestReflection(t *testing.T) {
	ours, theirs := pair(t, testKey(7))
	for _, end := range []*Session{ours, theirs} {
		packet := seal(end, "data")
		if _, err := open(end, packet); !errors.Is(err, ErrPacket) {
			t.Errorf("reflected: %v", err)
		}
		copyID(packet, end.ID())
		if _, err := open(end, packet); !errors.Is(err, ErrForged) {
			t.Errorf("reflected with its own id: %v", err)
		}
	}
}

func TestSealedAndClearDoNotMix(t *testing.T) {
	sealedOurs, sealedTheirs := pair(t, testKey(7))
	clearOurs, clearTheirs := pair(t, nil)
	for _, test := range []struct {
		name string
		from *Session
		to   *Session
		kind Kind
	}{
		{"clear data", clearOurs, sealedTheirs, KindClear},
		{"clear data as sealed", clearOurs, sealedTheirs, KindSealed},
		{"sealed data", sealedOurs, clearTheirs, KindSealed},
		{"clear data as group data", clearOurs, clearTheirs, KindGroupClear},
		{"sealed data as group data", sealedOurs, sealedTheirs, KindGroup},
	} {
		packet := seal(test.from, "data that is long enough for a tag")
		packet[0] = byte(test.kind)
		copyID(packet, test.to.ID())
		if plain, err := test.to.Open(packet); plain != nil || err == nil {
			t.Errorf("%s opened", test.name)
		}
	}
}

func TestSessionsOfOneSecretDoNotMix(t *testing.T) {
	ours, _ := pair(t, testKey(7))
	_, theirs := pair(t, testKey(7))
	packet := seal(ours, "data")
	copyID(packet, theirs.ID())
	if _, err := theirs.Open(packet); !errors.Is(err, ErrForged) {
		t.Errorf("packet of another session: %v", err)
	}
}

func TestSealEnds(t *testing.T) {
	for _, mode := range modes {
		ours, theirs := pair(t, mode.key)
		ours.sealer.next = maxPackets - 1
		if text, err := open(theirs, seal(ours, "the last")); text != "the last" || err != nil {
			t.Errorf("%s: %q, %v", mode.name, text, err)
		}
		for range 3 {
			if packet := seal(ours, "one more"); packet != nil {
				t.Errorf("%s: sealed beyond the end: %x", mode.name, packet)
			}
		}
	}
}

func TestSealInPlace(t *testing.T) {
	for _, mode := range modes {
		ours, theirs := pair(t, mode.key)
		b := make([]byte, Header+1000, Header+1000+Tag)
		packet := ours.Seal(b)
		if &packet[0] != &b[0] {
			t.Errorf("%s: sealed elsewhere", mode.name)
		}
		plain, err := theirs.Open(packet)
		if err != nil || &plain[0] != &b[Header] || len(plain) != 1000 {
			t.Errorf("%s: opened elsewhere, or not at all: %v", mode.name, err)
		}
	}
}

func TestNoAllocation(t *testing.T) {
	for _, mode := range modes {
		ours, theirs := pair(t, mode.key)
		group, members := NewGroupSender(mode.key), NewGroupReceiver(mode.key)
		b := make([]byte, 1372)
		data := b[:1372-Tag]
		members.Open(group.Seal(data))
		for name, fn := range map[string]func() error{
			"session": func() error { _, err := theirs.Open(ours.Seal(data)); return err },
			"group":   func() error { _, _, err := members.Open(group.Seal(data)); return err },
			"forged": func() error {
				packet := ours.Seal(data)
				packet[1]++
				_, err := theirs.Open(packet)
				if err == nil {
					return errors.New("opened")
				}
				return nil
			},
		} {
			n := testing.AllocsPerRun(100, func() {
				if err := fn(); err != nil {
					t.Error(err)
				}
			})
			if n != 0 {
				t.Errorf("%s: %s: %v allocations a packet", mode.name, name, n)
			}
		}
	}
}

// Goroutines that seal at the same time never share a counter.
func TestSealFromManyGoroutines(t *testing.T) {
	ours, theirs := pair(t, testKey(7))
	const each, goroutines = 200, 8
	packets := make([][]byte, each*goroutines)
	var wait sync.WaitGroup
	for g := range goroutines {
		wait.Go(func() {
			for n := range each {
				packets[g*each+n] = seal(ours, "data")
			}
		})
	}
	wait.Wait()
	for n, packet := range packets {
		if _, err := theirs.Open(packet); err != nil {
			t.Fatalf("packet %d: %v", n, err)
		}
	}
}

func TestKindOf(t *testing.T) {
	for _, test := range []struct {
		kind  Kind
		sizes []int // the smallest and the largest that is one
	}{
		{0, nil},
		{KindInitiation, []int{1200, 1200}},
		{KindResponse, []int{65, 1200}},
		{KindSealed, []int{33, 9000}},
		{KindClear, []int{17, 9000}},
		{KindGroup, []int{33, 9000}},
		{KindGroupClear, []int{17, 9000}},
		{7, nil},
		{255, nil},
	} {
		for size := range 9001 {
			packet := make([]byte, size)
			if size > 0 {
				packet[0] = byte(test.kind)
			}
			want := test.sizes != nil && size >= test.sizes[0] && size <= test.sizes[1]
			if kind, ok := KindOf(packet); ok != want || ok && kind != test.kind {
				t.Fatalf("kind %d of %d bytes: %d, %v", test.kind, size, kind, ok)
			}
			if id, ok := SessionID(packet); ok != (want && test.kind != KindInitiation) || id != 0 {
				t.Fatalf("session id of kind %d with %d bytes: %x, %v", test.kind, size, id, ok)
			}
		}
	}
}
