package session

import (
	"bytes"
	"testing"
)

// shapes are packets of every kind and of lengths around every bound, made of a right one.
func shapes(right []byte) [][]byte {
	out := [][]byte{bytes.Clone(right), nil, append(bytes.Clone(right), 0)}
	for _, size := range []int{1, opening - 1, opening, Header, Header + Tag - 1, Header + Tag, opening + keySize + 7 + Tag,
		opening + keySize + 8 + Tag, InitiationSize - 1, InitiationSize, InitiationSize + 1} {
		for kind := range KindGroupClear + 2 {
			packet := make([]byte, size)
			copy(packet, right)
			packet[0] = byte(kind)
			out = append(out, packet)
		}
	}
	flips(right, func(_ int, flipped []byte) { out = append(out, flipped) })
	return out
}

func seed(f *testing.F, right []byte) {
	for n, packet := range shapes(right) {
		if n < 100 || n%16 == 0 { // the rest are flips like the others
			f.Add(packet)
		}
	}
}

func FuzzRespond(f *testing.F) {
	key := testKey(7)
	_, right, err := initiate(key, []byte("hello"), countFrom(0x10))
	must(f, err)
	_, clear, err := initiate(nil, []byte("hello"), countFrom(0x10))
	must(f, err)
	seed(f, right)
	f.Add(clear)
	f.Fuzz(func(t *testing.T, packet []byte) {
		before := bytes.Clone(packet)
		q, err := NewResponder(key).Read(packet)
		if (err == nil) != bytes.Equal(before, right) || (q != nil) != (err == nil) {
			t.Errorf("%x: %v, %v", before, q, err)
		}
		if !bytes.Equal(packet, before) {
			t.Error("the packet was changed")
		}
		// Anybody can make an initiation without a secret, so every payload can come.
		if q, err := NewResponder(nil).Read(packet); err == nil && len(q.Payload) > MaxPayload {
			t.Errorf("payload of %d bytes", len(q.Payload))
		}
	})
}

// FuzzPlain reads what somebody who knows the secret, or an end without one, can write into an initiation.
func FuzzPlain(f *testing.F) {
	room := InitiationSize - opening - keySize - Tag
	for _, plain := range []string{"", "\x00", "\x00\x00", "\x00\x05hello", "\x04\x6f", "\x04\x70", "\x04\x75", "\xff\xff"} {
		f.Add([]byte(plain))
	}
	f.Fuzz(func(t *testing.T, plain []byte) {
		packet := appendOpening(nil, KindInitiation, 1)
		a := admissionOf(nil)
		state, err := a.handshake(true, packet, countFrom(0))
		must(t, err)
		padded := make([]byte, room)
		copy(padded, plain)
		packet, _, _, err = state.WriteMessage(packet, padded)
		must(t, err)
		size := int(padded[0])<<8 | int(padded[1])
		switch q, err := NewResponder(nil).Read(packet); {
		case size > MaxPayload:
			if err != ErrPacket {
				t.Errorf("length %d: %v", size, err)
			}
		case err != nil || !bytes.Equal(q.Payload, padded[2:2+size]):
			t.Errorf("length %d: %v", size, err)
		}
	})
}

func FuzzFinish(f *testing.F) {
	key := testKey(7)
	begin := func(t testing.TB) (*Initiation, []byte) {
		i, packet, err := initiate(key, nil, countFrom(0x10))
		must(t, err)
		return i, packet
	}
	_, packet := begin(f)
	r := NewResponder(key)
	r.random = countFrom(0x80)
	q, err := r.Read(packet)
	must(f, err)
	_, right, err := q.Accept([]byte("welcome"))
	must(f, err)
	seed(f, right)
	f.Fuzz(func(t *testing.T, packet []byte) {
		i, _ := begin(t)
		s, _, err := i.Finish(packet)
		if (err == nil) != bytes.Equal(packet, right) || (s != nil) != (err == nil) {
			t.Errorf("%x: %v", packet, err)
		}
		if err == nil {
			return
		}
		if _, payload, err := i.Finish(right); err != nil || string(payload) != "welcome" {
			t.Errorf("the right one after %x: %q, %v", packet, payload, err)
		}
	})
}

func FuzzOpen(f *testing.F) {
	key := testKey(7)
	sessions := func(t testing.TB) (ours, theirs *Session) {
		return pairRandom(t, key, countFrom(0x10), countFrom(0x80))
	}
	ours, _ := sessions(f)
	right := seal(ours, "data of a frame")
	group := newGroupSender(key, 1<<60, 1<<50)
	toGroup := seal(group, "data of a frame")
	seed(f, right)
	seed(f, toGroup)
	_, theirs := sessions(f)
	clearOurs, clearTheirs := pairRandom(f, nil, countFrom(0x10), countFrom(0x80))
	f.Add(seal(clearOurs, "data of a frame"))
	f.Fuzz(func(t *testing.T, packet []byte) {
		if text, err := open(theirs, packet); err == nil && (!bytes.Equal(packet, right) || text != "data of a frame") {
			t.Errorf("%x opened: %q", packet, text)
		}
		if _, _, err := openGroup(NewGroupReceiver(key), packet); (err == nil) != bytes.Equal(packet, toGroup) {
			t.Errorf("%x from a group: %v", packet, err)
		}
		// What is clear can be anything; only its header has to be right.
		if text, err := open(clearTheirs, packet); err == nil && text != string(packet[Header:]) {
			t.Errorf("%x gave %x", packet, text)
		}
	})
}
