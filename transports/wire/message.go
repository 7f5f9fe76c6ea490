package wire

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
)

// HeaderSize is the length in bytes of the header that every message begins with.
const HeaderSize = 16

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
// (2), length of the payload after it (4), CRC-32C of the payload (4), and CRC-32C of those twelve bytes
// and the head (4). Nothing in it is believed before the last one fits.
type Header struct {
	Type    Type
	Head    int    // bytes
	Payload uint32 // bytes
	Sum     uint32 // of the payload
}

// Checksum is the CRC-32C (Castagnoli, RFC 3720 section 12.1) of data that follows on data with that sum;
// it begins with 0.
func Checksum(sum uint32, data []byte) uint32 {
	return crc32.Update(sum, castagnoli, data)
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// begin adds a header whose lengths and sum finish fills in.
func begin(dst []byte, t Type) []byte {
	return append(dst, byte(t), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
}

// finish completes the message that starts at that offset: what was added after its header is its head.
func finish(dst []byte, start int, payload uint32, sum uint32) []byte {
	m := dst[start:]
	binary.BigEndian.PutUint16(m[2:], uint16(len(m)-HeaderSize))
	binary.BigEndian.PutUint32(m[4:], payload)
	binary.BigEndian.PutUint32(m[8:], sum)
	binary.BigEndian.PutUint32(m[12:], Checksum(Checksum(0, m[:12]), m[HeaderSize:]))
	return dst
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
	if sum := Checksum(Checksum(0, b[:12]), b[HeaderSize:]); sum != binary.BigEndian.Uint32(b[12:]) {
		return Header{}, nil, fmt.Errorf("message with a damaged header (CRC-32C %08x, wants %08x)", binary.BigEndian.Uint32(b[12:]), sum)
	}
	h := Header{
		Type:    Type(b[0]),
		Head:    n,
		Payload: binary.BigEndian.Uint32(b[4:]),
		Sum:     binary.BigEndian.Uint32(b[8:]),
	}
	return h, b[HeaderSize:], nil
}
