package session

import (
	"bytes"
	"encoding/binary"
	"io"
	"testing"
)

// testKey is a secret; different bytes make different ones.
func testKey(b byte) *Key {
	key := Key(bytes.Repeat([]byte{b}, 32))
	return &key
}

// modes are the two ways in which every session works.
var modes = []struct {
	name string
	key  *Key
}{{"sealed", testKey(7)}, {"clear", nil}}

// counting gives bytes that count up from a start, for transcripts that do not change.
type counting byte

func (c *counting) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(*c)
		*c++
	}
	return len(p), nil
}

func countFrom(b byte) io.Reader { c := counting(b); return &c }

// pair holds a handshake and gives both sessions.
func pair(t testing.TB, key *Key) (initiator, responder *Session) {
	t.Helper()
	return pairRandom(t, key, nil, nil)
}

func pairRandom(t testing.TB, key *Key, ours, theirs io.Reader) (initiator, responder *Session) {
	t.Helper()
	i, packet, err := initiate(key, []byte("hello"), ours)
	must(t, err)
	r := NewResponder(key)
	r.random = theirs
	q, err := r.Read(packet)
	must(t, err)
	responder, packet, err = q.Accept([]byte("welcome"))
	must(t, err)
	initiator, _, err = i.Finish(packet)
	must(t, err)
	return initiator, responder
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// seal makes a packet of a text.
func seal(s *Session, text string) []byte {
	b := make([]byte, Header+len(text), Header+len(text)+Tag)
	copy(b[Header:], text)
	return s.Seal(b)
}

// open opens a copy of a packet, so that the packet can be used again.
func open(s *Session, packet []byte) (string, error) {
	plain, err := s.Open(bytes.Clone(packet))
	return string(plain), err
}

// flips calls fn with each copy of a packet in which one bit of one byte is another.
func flips(packet []byte, fn func(at int, packet []byte)) {
	for at := range packet {
		flipped := bytes.Clone(packet)
		flipped[at] ^= 1 << (at % 8)
		fn(at, flipped)
	}
}

// copyID writes another session id into a packet.
func copyID(packet []byte, id uint64) { binary.BigEndian.PutUint64(packet[1:], id) }
