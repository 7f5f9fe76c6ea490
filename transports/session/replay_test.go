package session

import (
	"errors"
	"testing"
)

func TestInitiationReplayed(t *testing.T) {
	key := testKey(7)
	r := NewResponder(key)
	_, first, err := Initiate(key, nil)
	must(t, err)
	_, err = r.Read(first)
	must(t, err)
	for range 100 {
		if q, err := r.Read(first); q != nil || !errors.Is(err, ErrReplay) {
			t.Fatalf("replay: %v, %v", q, err)
		}
		_, packet, err := Initiate(key, nil)
		must(t, err)
		if _, err := r.Read(packet); err != nil {
			t.Fatalf("a new one: %v", err)
		}
	}
}

// After a restart nothing is remembered. The replay then gets a response no longer than itself, and since
// nobody has the key that belongs to it, nobody can confirm the session.
func TestInitiationReplayedAfterRestart(t *testing.T) {
	key := testKey(7)
	i, packet, err := Initiate(key, nil)
	must(t, err)
	q, err := NewResponder(key).Read(packet)
	must(t, err)
	before, response, err := q.Accept(nil)
	must(t, err)
	ours, _, err := i.Finish(response)
	must(t, err)
	recorded := seal(ours, "data")

	q, err = NewResponder(key).Read(packet)
	must(t, err)
	after, response, err := q.Accept(nil)
	must(t, err)
	if len(response) > len(packet) {
		t.Errorf("response of %d bytes to an initiation of %d", len(response), len(packet))
	}
	if _, err := open(before, recorded); err != nil {
		t.Fatal(err)
	}
	if _, err := open(after, recorded); !errors.Is(err, ErrPacket) {
		t.Errorf("recorded data in the session after a restart: %v", err)
	}
	copyID(recorded, after.ID())
	if _, err := open(after, recorded); !errors.Is(err, ErrForged) || after.Confirmed() {
		t.Errorf("recorded data with the new id: %v, confirmed %v", err, after.Confirmed())
	}
}

func TestForgedInitiationsPushNothingOut(t *testing.T) {
	key := testKey(7)
	r := NewResponder(key)
	r.seen = newRecent[[keySize]byte](2)
	_, packet, err := Initiate(key, nil)
	must(t, err)
	_, err = r.Read(packet)
	must(t, err)
	for range 10 {
		_, forged, err := Initiate(testKey(8), nil)
		must(t, err)
		if _, err := r.Read(forged); !errors.Is(err, ErrForged) {
			t.Fatal(err)
		}
	}
	if _, err := r.Read(packet); !errors.Is(err, ErrReplay) {
		t.Errorf("replay after a flood of forged ones: %v", err)
	}
}

func TestRecent(t *testing.T) {
	r := newRecent[int](3)
	for n := range 10 {
		if r.has(n) {
			t.Errorf("knows %d before it came", n)
		}
		r.add(n)
		for back := range 5 {
			if got, want := r.has(n-back), back < 3 && back <= n; got != want {
				t.Errorf("after %d: knows %d: %v, want %v", n, n-back, got, want)
			}
		}
		if len(r.order) > 3 || len(r.set) > 3 {
			t.Fatalf("%d and %d entries", len(r.order), len(r.set))
		}
	}
}

func TestPacketReplayed(t *testing.T) {
	for _, mode := range modes {
		ours, theirs := pair(t, mode.key)
		packets := make([][]byte, 2*windowSize)
		for n := range packets {
			packets[n] = seal(ours, "data")
		}
		expect := func(n int, want error) {
			t.Helper()
			if _, err := open(theirs, packets[n]); !errors.Is(err, want) {
				t.Errorf("%s: packet %d: %v, want %v", mode.name, n, err, want)
			}
		}
		last := len(packets) - 1
		expect(0, nil)
		expect(0, ErrReplay) // at once
		expect(3, nil)
		expect(1, nil) // out of order
		expect(3, ErrReplay)
		expect(last, nil)
		expect(last, ErrReplay)
		expect(1, ErrReplay)                 // later, outside the window
		expect(last-windowSize, ErrReplay)   // never came, and is too old to tell
		expect(last-windowSize+1, nil)       // the oldest that the window tells
		expect(last-windowSize+1, ErrReplay) // later, inside the window
		if sealed, opened := theirs.Received(); sealed != 2*windowSize || opened != 5 {
			t.Errorf("%s: received %d of %d", mode.name, opened, sealed)
		}
	}
}

func TestForgedPacketSpendsNoCounter(t *testing.T) {
	ours, theirs := pair(t, testKey(7))
	packet := seal(ours, "data")
	flips(packet, func(at int, flipped []byte) {
		if _, err := theirs.Open(flipped); err != ErrForged && err != ErrPacket {
			t.Errorf("byte %d flipped: %v", at, err)
		}
	})
	if text, err := open(theirs, packet); text != "data" || err != nil {
		t.Errorf("the right one after the damaged ones: %q, %v", text, err)
	}
}
