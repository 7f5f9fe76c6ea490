package wire

import (
	"encoding/binary"
	"fmt"
)

// The lengths in bytes of the header that every message begins with, and of the trailer that follows a
// payload.
const (
	HeaderSize  = 12
	TrailerSize = 4
)

// MaxHead bounds the fields that follow a header. The longest known, an offer's with its name, has 1132.
const MaxHead = 2048

// Type says what a message is. A type with the top bit set (0x80) must be understood: an end that does
// not know it breaks the connection. Others are skipped when unknown.
type Type uint8

// The messages.
const (
	TypeFrame Type = 1 // sender to receiver: one frame
	TypeEnd   Type = 2 // sender to receiver: the stream came to its end, nothing follows
	TypeBye   Type = 3 // either way: this end stops and may come back; the payload is a text
	TypePing  Type = 4 // receiver to sender: still here, and what time is it
	TypePong  Type = 5 // sender to receiver: the answer
	// The three by which delivery is confirmed, between ends whose hellos both have ExtConfirm.
	TypeOffer  Type = 6 // sender to receiver: a picture that it has
	TypeAnswer Type = 7 // receiver to sender: whether it is wanted, or kept
	TypeChunk  Type = 8 // sender to receiver: a piece of its data
)

const mustUnderstand Type = 0x80

// String gives the message's name.
func (t Type) String() string {
	switch t {
	case TypeFrame:
		return "frame"
	case TypeEnd:
		return "end"
	case TypeBye:
		return "bye"
	case TypePing:
		return "ping"
	case TypePong:
		return "pong"
	case TypeOffer:
		return "offer"
	case TypeAnswer:
		return "answer"
	case TypeChunk:
		return "chunk"
	}
	return fmt.Sprintf("message %d", uint8(t))
}

// Header is what every message begins with: type (1 byte), reserved (1), length of the head that follows
// (2), length of the payload after it (4), and CRC-32C of those eight bytes and the head (4). Nothing in it
// is believed before that one fits.
type Header struct {
	Type    Type
	Head    int    // bytes
	Payload uint32 // bytes
}

// AppendTrailer adds what follows a payload: its checksum. That stands behind it so that a large payload can
// be summed while it is written, and is brought from memory once. A message without payload has no trailer.
func AppendTrailer(dst []byte, sum uint32) []byte {
	return binary.BigEndian.AppendUint32(dst, sum)
}

// begin adds a header whose lengths and sum finish fills in.
func begin(dst []byte, t Type) []byte {
	return append(dst, byte(t), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
}

// finish completes the header of the message that starts at that offset: what was added after it is its head.
func finish(dst []byte, start int, payload uint32) []byte {
	m := dst[start:]
	binary.BigEndian.PutUint16(m[2:], uint16(len(m)-HeaderSize))
	binary.BigEndian.PutUint32(m[4:], payload)
	binary.BigEndian.PutUint32(m[8:], headerSum(m))
	return dst
}

// finishText is finish for a message whose payload is a text, which it adds.
func finishText(dst []byte, start int, text string) []byte {
	dst = append(finish(dst, start, uint32(len(text))), text...)
	if text == "" {
		return dst
	}
	return AppendTrailer(dst, Checksum(0, []byte(text)))
}

// headerSum is the checksum of a header and the head that follows it; b holds both.
func headerSum(b []byte) uint32 {
	return Checksum(Checksum(0, b[:HeaderSize-4]), b[HeaderSize:])
}

// headLength reads how many bytes of head follow a header, not yet verified but bounded.
func headLength(header []byte) (int, error) {
	n := int(binary.BigEndian.Uint16(header[2:]))
	if n > MaxHead {
		return 0, fmt.Errorf("message claims a head of %d bytes, the limit is %d: the stream is damaged", n, MaxHead)
	}
	return n, nil
}

// ParseHeader verifies and reads a message's header together with the head that follows it; b holds
// exactly both.
func ParseHeader(b []byte) (Header, []byte, error) {
	if len(b) < HeaderSize {
		return Header{}, nil, fmt.Errorf("message of %d bytes has no header", len(b))
	}
	n, err := headLength(b)
	if err != nil {
		return Header{}, nil, err
	}
	if len(b) != HeaderSize+n {
		return Header{}, nil, fmt.Errorf("message's head has %d bytes, wants %d", len(b)-HeaderSize, n)
	}
	if sum, said := headerSum(b), binary.BigEndian.Uint32(b[8:]); sum != said {
		return Header{}, nil, fmt.Errorf("message with a damaged header (CRC-32C %08x, wants %08x)", said, sum)
	}
	h := Header{
		Type:    Type(b[0]),
		Head:    n,
		Payload: binary.BigEndian.Uint32(b[4:]),
	}
	return h, b[HeaderSize:], nil
}
