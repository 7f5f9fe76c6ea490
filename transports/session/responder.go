package session

import (
	"encoding/binary"
	"fmt"
	"io"

	"github.com/flynn/noise"
)

// remembered is the number of initiations by which a Responder knows a replay.
const remembered = 16384

// Responder reads the initiations that come to an end that listens. Its methods are for one goroutine at a
// time; what they give may be used in another.
type Responder struct {
	admission
	stranger *admission // for telling an end without a secret; nil where this end has none itself
	seen     *recent[[keySize]byte]
	random   io.Reader
}

// NewResponder makes one for a secret, or for clear sessions where there is none.
func NewResponder(psk *Key) *Responder {
	r := &Responder{admission: admissionOf(psk), seen: newRecent[[keySize]byte](remembered)}
	if psk != nil {
		stranger := admissionOf(nil)
		r.stranger = &stranger
	}
	return r
}

// Request is an initiation whose sender knows the secret.
type Request struct {
	// Payload is what the initiation carries.
	Payload []byte

	admission
	theirs uint64
	state  *noise.HandshakeState
	random io.Reader
}

// Read opens an initiation, by hashing and one decryption, without key agreement. It gives a Request only
// once for each. The error is ErrPacket, ErrForged, ErrReplay or ErrNoSecret; nothing should be sent to where
// such a packet came from.
func (r *Responder) Read(packet []byte) (*Request, error) {
	if kind, ok := KindOf(packet); !ok || kind != KindInitiation {
		return nil, ErrPacket
	}
	key := [keySize]byte(packet[opening:])
	if r.seen.has(key) {
		return nil, ErrReplay
	}
	state, plain, err := r.open(packet, r.random)
	if err != nil {
		if r.stranger != nil {
			if _, _, err := r.stranger.open(packet, nil); err == nil {
				return nil, ErrNoSecret
			}
		}
		return nil, ErrForged
	}
	r.seen.add(key)
	size := int(binary.BigEndian.Uint16(plain))
	if size > MaxPayload {
		return nil, ErrPacket
	}
	return &Request{
		Payload: plain[2 : 2+size], admission: r.admission,
		theirs: openingID(packet), state: state, random: r.random,
	}, nil
}

func (a *admission) open(packet []byte, random io.Reader) (*noise.HandshakeState, []byte, error) {
	state, err := a.handshake(false, packet[:opening], random)
	if err != nil {
		return nil, nil, err
	}
	plain, _, _, err := state.ReadMessage(nil, packet[opening:])
	return state, plain, err
}

// Accept answers with a payload of at most MaxPayload bytes, which may be a refusal. It gives the session
// and the response to send. The session is not confirmed: until its first packet opens, nobody has shown
// to be where the initiation came from, and nothing but the response should be sent there. A request can
// be accepted once.
func (q *Request) Accept(payload []byte) (*Session, []byte, error) {
	if err := checkPayload(payload); err != nil {
		return nil, nil, err
	}
	ours, err := randomID(q.random)
	if err != nil {
		return nil, nil, err
	}
	packet := appendOpening(make([]byte, 0, InitiationSize), KindResponse, q.theirs)
	plain := append(binary.BigEndian.AppendUint64(nil, ours), payload...)
	packet, receive, send, err := q.state.WriteMessage(packet, plain)
	if err != nil {
		return nil, nil, fmt.Errorf("answer an initiation: %w", err)
	}
	return q.session(ours, q.theirs, send, receive), packet, nil
}
