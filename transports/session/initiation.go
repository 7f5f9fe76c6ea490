package session

import (
	"encoding/binary"
	"fmt"
	"io"

	"github.com/flynn/noise"
	"golang.org/x/crypto/curve25519"
)

// Initiation is a handshake that this end began and that was not answered yet.
type Initiation struct {
	admission
	id    uint64
	state *noise.HandshakeState
}

// Initiate begins a handshake with a payload of at most MaxPayload bytes and gives the packet to send, which
// has InitiationSize bytes. Without a key the session will be a clear one.
//
// A responder answers a packet once. To try again, begin anew; the older Initiation stays good for an
// answer that comes late.
func Initiate(psk *Key, payload []byte) (*Initiation, []byte, error) {
	return initiate(psk, payload, nil)
}

func initiate(psk *Key, payload []byte, random io.Reader) (*Initiation, []byte, error) {
	if err := checkPayload(payload); err != nil {
		return nil, nil, err
	}
	id, err := randomID(random)
	if err != nil {
		return nil, nil, err
	}
	i := &Initiation{admission: admissionOf(psk), id: id}
	packet := appendOpening(make([]byte, 0, InitiationSize), KindInitiation, id)
	if i.state, err = i.handshake(true, packet, random); err != nil {
		return nil, nil, fmt.Errorf("begin a handshake: %w", err)
	}
	plain := make([]byte, InitiationSize-opening-keySize-Tag)
	binary.BigEndian.PutUint16(plain, uint16(len(payload)))
	copy(plain[2:], payload)
	if packet, _, _, err = i.state.WriteMessage(packet, plain); err != nil {
		return nil, nil, fmt.Errorf("write an initiation: %w", err)
	}
	return i, packet, nil
}

// ID is the session id that the answer carries, and that the session will have.
func (i *Initiation) ID() uint64 { return i.id }

// Finish reads the answer and gives the session and the answer's payload. The session is confirmed. An error
// is ErrPacket or ErrForged; it changes nothing, and the right answer may still come.
func (i *Initiation) Finish(packet []byte) (*Session, []byte, error) {
	if kind, ok := KindOf(packet); !ok || kind != KindResponse || openingID(packet) != i.id {
		return nil, nil, ErrPacket
	}
	// The state would not survive a key that it cannot agree with.
	key := packet[opening : opening+keySize]
	if _, err := curve25519.X25519(i.state.LocalEphemeral().Private, key); err != nil {
		return nil, nil, ErrForged
	}
	plain, send, receive, err := i.state.ReadMessage(nil, packet[opening:])
	if err != nil {
		return nil, nil, ErrForged
	}
	s := i.session(i.id, binary.BigEndian.Uint64(plain), send, receive)
	s.confirmed.Store(true)
	return s, plain[8:], nil
}
