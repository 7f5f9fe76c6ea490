package wire

import (
	"encoding/binary"
	"fmt"
	"strings"
	"time"
)

// maxText bounds the text of a bye or of a refusal to take a photo, in bytes.
const maxText = 1024

// Ping asks the sender for its clock. A receiver sends the first right after the handshake, and the
// sender sends nothing before it has answered that one; then one a second.
type Ping struct {
	Sent time.Time // by the receiver's clock
}

// Append adds the message to dst.
func (p Ping) Append(dst []byte) []byte {
	start := len(dst)
	dst = binary.BigEndian.AppendUint64(begin(dst, TypePing), uint64(p.Sent.UnixNano()))
	return finish(dst, start, 0)
}

// Pong answers a ping, as in RFC 5905 section 8: t1 and t2, t3 of the four times.
type Pong struct {
	PingSent time.Time // t1, copied from the ping
	Received time.Time // t2, when the ping came, by the sender's clock
	Sent     time.Time // t3, when the pong left, by the sender's clock
}

// Append adds the message to dst.
func (p Pong) Append(dst []byte) []byte {
	start := len(dst)
	dst = begin(dst, TypePong)
	for _, t := range [...]time.Time{p.PingSent, p.Received, p.Sent} {
		dst = binary.BigEndian.AppendUint64(dst, uint64(t.UnixNano()))
	}
	return finish(dst, start, 0)
}

// AppendEnd adds the message that ends a stream.
func AppendEnd(dst []byte) []byte {
	return finish(begin(dst, TypeEnd), len(dst), 0)
}

// AppendBye adds the message that says why this end stops for now. A text above 1024 bytes is cut, and what in
// it is no UTF-8 is replaced.
func AppendBye(dst []byte, text string) []byte {
	return finishText(begin(dst, TypeBye), len(dst), fit(text))
}

// fit makes a text one that the other end takes: it may name files.
func fit(text string) string { return Cut(strings.ToValidUTF8(text, "\uFFFD"), maxText) }

func parsePing(head []byte) (Ping, error) {
	if len(head) < 8 {
		return Ping{}, fmt.Errorf("ping's head has %d bytes, wants 8", len(head))
	}
	return Ping{Sent: clockTime(head)}, nil
}

func parsePong(head []byte) (Pong, error) {
	if len(head) < 24 {
		return Pong{}, fmt.Errorf("pong's head has %d bytes, wants 24", len(head))
	}
	return Pong{PingSent: clockTime(head), Received: clockTime(head[8:]), Sent: clockTime(head[16:])}, nil
}

func clockTime(b []byte) time.Time {
	return time.Unix(0, int64(binary.BigEndian.Uint64(b)))
}
