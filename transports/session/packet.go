package session

import (
	"encoding/binary"
	"errors"
)

// Sizes in bytes.
const (
	// Header stands before the data of every datagram: kind (1), session id (8), counter (8).
	Header = 17
	// Tag is the room that a caller of Seal leaves behind the data. A clear session does not fill it.
	Tag = 16
	// InitiationSize is the length of every initiation, and the most that a response has. It fits the
	// smallest MTU of IPv6.
	InitiationSize = 1200
	// MaxPayload bounds what an initiation or a response carries.
	MaxPayload = InitiationSize - opening - keySize - Tag - 8
)

const (
	opening = 9  // bytes of kind and session id, with which every packet begins
	keySize = 32 // bytes of an X25519 public key
)

// Kind is the first byte of a packet.
type Kind uint8

// The kinds. Their numbers never change.
const (
	KindInitiation Kind = 1 // asks for a session
	KindResponse   Kind = 2 // answers an initiation
	KindSealed     Kind = 3 // data of a session, encrypted
	KindClear      Kind = 4 // data of a session of which neither end has a secret
	KindGroup      Kind = 5 // data of a group session, encrypted
	KindGroupClear Kind = 6 // data of a group session without a secret
)

// The errors of packets that are refused. None says more than a stranger may know.
var (
	// ErrPacket says that a packet's kind, length or session id is not what is expected here.
	ErrPacket = errors.New("packet does not belong to this session")
	// ErrForged says that a packet was damaged, made up, or made with another secret.
	ErrForged = errors.New("packet is damaged, or the other end has another secret")
	// ErrReplay says that a packet came before, or is too old to tell.
	ErrReplay = errors.New("packet came before, or is too old to tell")
	// ErrNoSecret says that an initiation is sound, but comes from an end without a secret.
	ErrNoSecret = errors.New("the other end has no secret: give both ends the same one")
)

// KindOf tells a packet's kind. It reports false for what cannot be a packet of this format.
func KindOf(packet []byte) (Kind, bool) {
	if len(packet) < opening {
		return 0, false
	}
	kind, size := Kind(packet[0]), len(packet)
	switch kind {
	case KindInitiation:
		return kind, size == InitiationSize
	case KindResponse:
		return kind, size >= opening+keySize+8+Tag && size <= InitiationSize
	case KindSealed, KindGroup:
		return kind, size >= Header+Tag
	case KindClear, KindGroupClear:
		return kind, size >= Header
	}
	return 0, false
}

// SessionID tells which session a packet is for: the ID of the Session or Initiation that takes it, or that
// of a group session. It reports false for initiations, which are for no session yet, and for what cannot
// be a packet.
func SessionID(packet []byte) (uint64, bool) {
	kind, ok := KindOf(packet)
	if !ok || kind == KindInitiation {
		return 0, false
	}
	return openingID(packet), true
}

func openingID(packet []byte) uint64 { return binary.BigEndian.Uint64(packet[1:opening]) }

func appendOpening(dst []byte, kind Kind, id uint64) []byte {
	return binary.BigEndian.AppendUint64(append(dst, byte(kind)), id)
}
