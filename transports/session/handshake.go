package session

import (
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"

	"github.com/flynn/noise"

	"framewire/transports/secret"
)

// Key is the stretched secret of both ends.
type Key = secret.Key

// The labels set the uses of a secret apart from each other and from those of later versions.
const (
	labelSealed = "framewire udp 1 sealed"
	labelClear  = "framewire udp 1 clear"
	labelGroup  = "framewire udp 1 group"
)

// admission is what the two ends of a handshake have to have in common.
type admission struct {
	label string
	psk   [32]byte
	clear bool
}

// admissionOf makes the pre-shared key of the handshake from a secret. Without one the key is well known,
// and the handshake proves an address and nothing else.
func admissionOf(key *Key) admission {
	if key == nil {
		return admission{label: labelClear, psk: derive([]byte(labelClear), labelClear), clear: true}
	}
	return admission{label: labelSealed, psk: derive(key[:], labelSealed)}
}

// derive makes a key by HKDF-SHA256 (RFC 5869) without a salt.
func derive(key []byte, info string) (out [32]byte) {
	derived, err := hkdf.Key(sha256.New, key, nil, info, len(out))
	if err != nil {
		panic(err) // only for lengths above 8160 bytes
	}
	copy(out[:], derived)
	return out
}

// handshake begins one run of Noise_NNpsk0_25519_AESGCM_SHA256 (The Noise Protocol Framework, revision 34).
// The prologue binds the label and the opening of the initiation.
func (a *admission) handshake(initiator bool, opening []byte, random io.Reader) (*noise.HandshakeState, error) {
	return noise.NewHandshakeState(noise.Config{
		CipherSuite:  noise.NewCipherSuite(noise.DH25519, noise.CipherAESGCM, noise.HashSHA256),
		Random:       random,
		Pattern:      noise.HandshakeNN,
		Initiator:    initiator,
		Prologue:     append([]byte(a.label), opening...),
		PresharedKey: a.psk[:],
	})
}

// session makes the two ends' states from the keys that a handshake ended with.
func (a *admission) session(ours, theirs uint64, send, receive *noise.CipherState) *Session {
	if a.clear {
		return newSession(newSealer(KindClear, theirs, nil, 0), newOpener(KindClear, ours, nil))
	}
	out, in := send.UnsafeKey(), receive.UnsafeKey()
	return newSession(newSealer(KindSealed, theirs, &out, 0), newOpener(KindSealed, ours, &in))
}

func checkPayload(payload []byte) error {
	if len(payload) > MaxPayload {
		return fmt.Errorf("handshake payload has %d bytes, the limit is %d", len(payload), MaxPayload)
	}
	return nil
}

func randomID(random io.Reader) (uint64, error) {
	if random == nil {
		random = rand.Reader
	}
	var b [8]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		return 0, fmt.Errorf("draw a session id: %w", err)
	}
	return binary.BigEndian.Uint64(b[:]), nil
}
