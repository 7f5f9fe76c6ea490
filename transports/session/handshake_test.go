package session

import (
	"bytes"
	"errors"
	"testing"
)

func TestHandshake(t *testing.T) {
	for _, mode := range modes {
		t.Run(mode.name, func(t *testing.T) {
			i, initiation, err := Initiate(mode.key, []byte("hello"))
			must(t, err)
			q, err := NewResponder(mode.key).Read(initiation)
			must(t, err)
			if string(q.Payload) != "hello" {
				t.Errorf("initiation carries %q", q.Payload)
			}
			theirs, response, err := q.Accept([]byte("welcome"))
			must(t, err)
			if theirs.Confirmed() {
				t.Error("confirmed before the initiator has shown that it read the response")
			}
			if id, ok := SessionID(response); !ok || id != i.ID() {
				t.Errorf("response is for session %x (%v), want %x", id, ok, i.ID())
			}
			ours, payload, err := i.Finish(response)
			must(t, err)
			if string(payload) != "welcome" || !ours.Confirmed() || ours.ID() != i.ID() {
				t.Errorf("response carries %q, confirmed %v, id %x", payload, ours.Confirmed(), ours.ID())
			}
			for n, text := range []string{"one", "", "three"} {
				packet := seal(ours, text)
				if id, ok := SessionID(packet); !ok || id != theirs.ID() {
					t.Errorf("packet is for session %x (%v), want %x", id, ok, theirs.ID())
				}
				if len(packet) != len(text)+ours.Overhead() {
					t.Errorf("packet of %d bytes for %d, overhead %d", len(packet), len(text), ours.Overhead())
				}
				if bytes.Contains(packet, []byte("three")) != (mode.key == nil && n == 2) {
					t.Errorf("packet %x", packet)
				}
				if got, err := open(theirs, packet); got != text || err != nil {
					t.Errorf("opened %q, %v", got, err)
				}
				if got, err := open(ours, seal(theirs, text)); got != text || err != nil {
					t.Errorf("the other way: opened %q, %v", got, err)
				}
			}
			if !theirs.Confirmed() {
				t.Error("not confirmed by packets that opened")
			}
			if sealed, opened := theirs.Received(); sealed != 3 || opened != 3 {
				t.Errorf("received %d of %d", opened, sealed)
			}
		})
	}
}

func TestForgedPacketDoesNotConfirm(t *testing.T) {
	ours, theirs := pair(t, testKey(7))
	packet := seal(ours, "data")
	packet[len(packet)-1]++
	if _, err := theirs.Open(packet); !errors.Is(err, ErrForged) || theirs.Confirmed() {
		t.Errorf("error %v, confirmed %v", err, theirs.Confirmed())
	}
}

func TestHandshakeSizes(t *testing.T) {
	for _, size := range []int{0, 1, MaxPayload} {
		payload := bytes.Repeat([]byte{'x'}, size)
		i, initiation, err := Initiate(testKey(7), payload)
		must(t, err)
		q, err := NewResponder(testKey(7)).Read(initiation)
		must(t, err)
		_, response, err := q.Accept(payload)
		must(t, err)
		if len(initiation) != InitiationSize || len(response) > len(initiation) {
			t.Errorf("payload of %d: initiation %d bytes, response %d", size, len(initiation), len(response))
		}
		_, answer, err := i.Finish(response)
		must(t, err)
		if !bytes.Equal(q.Payload, payload) || !bytes.Equal(answer, payload) {
			t.Errorf("payload of %d came as %d and %d bytes", size, len(q.Payload), len(answer))
		}
	}
	const want = "handshake payload has 1136 bytes, the limit is 1135"
	if _, _, err := Initiate(nil, make([]byte, MaxPayload+1)); err == nil || err.Error() != want {
		t.Errorf("initiation: %v", err)
	}
	_, initiation, err := Initiate(nil, nil)
	must(t, err)
	q, err := NewResponder(nil).Read(initiation)
	must(t, err)
	if _, _, err := q.Accept(make([]byte, MaxPayload+1)); err == nil || err.Error() != want {
		t.Errorf("response: %v", err)
	}
}

func TestWrongSecret(t *testing.T) {
	right, wrong := testKey(7), testKey(8)
	for _, test := range []struct {
		name         string
		dial, listen *Key
		want         error
	}{
		{"another secret", wrong, right, ErrForged},
		{"no secret at the end that dials", nil, right, ErrNoSecret},
		{"no secret at the end that listens", right, nil, ErrForged},
		{"the well-known key as a secret", wellKnown(), nil, ErrForged},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, packet, err := Initiate(test.dial, nil)
			must(t, err)
			if q, err := NewResponder(test.listen).Read(packet); q != nil || !errors.Is(err, test.want) {
				t.Errorf("request %v, error %v, want %v", q, err, test.want)
			}
		})
	}
}

func wellKnown() *Key {
	key := Key(admissionOf(nil).psk)
	return &key
}

func TestInitiationFlipped(t *testing.T) {
	for _, mode := range modes {
		_, packet, err := Initiate(mode.key, []byte("hello"))
		must(t, err)
		r := NewResponder(mode.key)
		flips(packet, func(at int, flipped []byte) {
			// Exactly these values: an error with anything in it could tell of the secret.
			if q, err := r.Read(flipped); q != nil || err != ErrForged && err != ErrPacket {
				t.Errorf("%s: byte %d flipped: %v, %v", mode.name, at, q, err)
			}
		})
		for n := range packet {
			if q, err := r.Read(packet[:n]); q != nil || err != ErrPacket {
				t.Errorf("%s: the first %d bytes: %v, %v", mode.name, n, q, err)
			}
		}
		if _, err := r.Read(packet); err != nil {
			t.Errorf("%s: the right one after the damaged ones: %v", mode.name, err)
		}
	}
}

func TestResponseFlipped(t *testing.T) {
	for _, mode := range modes {
		i, packet, err := Initiate(mode.key, nil)
		must(t, err)
		q, err := NewResponder(mode.key).Read(packet)
		must(t, err)
		_, response, err := q.Accept([]byte("welcome"))
		must(t, err)
		refused := func(what string, packet []byte) {
			t.Helper()
			if s, _, err := i.Finish(packet); s != nil || err == nil {
				t.Errorf("%s: %s: accepted", mode.name, what)
			}
		}
		flips(response, func(_ int, flipped []byte) { refused("flipped", flipped) })
		for n := range response {
			refused("truncated", response[:n])
		}
		refused("longer", append(bytes.Clone(response), 0))
		refused("longer than the initiation", append(bytes.Clone(response), make([]byte, InitiationSize)...))
		refused("the initiation itself", packet)
		// Keys with which there is no agreement (RFC 7748, section 6.1): all of low order.
		for _, low := range []byte{0, 1} {
			weak := bytes.Clone(response)
			clear(weak[opening : opening+keySize])
			weak[opening] = low
			refused("weak key", weak)
		}
		if _, payload, err := i.Finish(response); err != nil || string(payload) != "welcome" {
			t.Errorf("%s: the right one after the wrong ones: %q, %v", mode.name, payload, err)
		}
		refused("a second time", response)
	}
}

func TestResponseOfAnotherRun(t *testing.T) {
	key := testKey(7)
	r := NewResponder(key)
	var runs [2]*Initiation
	var responses [2][]byte
	for n := range runs {
		i, packet, err := Initiate(key, nil)
		must(t, err)
		q, err := r.Read(packet)
		must(t, err)
		_, response, err := q.Accept(nil)
		must(t, err)
		runs[n], responses[n] = i, response
	}
	if _, _, err := runs[0].Finish(responses[1]); !errors.Is(err, ErrPacket) {
		t.Errorf("response of another run: %v", err)
	}
	mixed := append(bytes.Clone(responses[0][:opening]), responses[1][opening:]...)
	if _, _, err := runs[0].Finish(mixed); !errors.Is(err, ErrForged) {
		t.Errorf("response of another run with this one's id: %v", err)
	}
	for n := range runs {
		if _, _, err := runs[n].Finish(responses[n]); err != nil {
			t.Errorf("run %d: %v", n, err)
		}
	}
}

func TestAcceptOnce(t *testing.T) {
	_, packet, err := Initiate(nil, nil)
	must(t, err)
	q, err := NewResponder(nil).Read(packet)
	must(t, err)
	_, _, err = q.Accept(nil)
	must(t, err)
	if s, packet, err := q.Accept(nil); s != nil || packet != nil || err == nil {
		t.Error("accepted twice")
	}
}
