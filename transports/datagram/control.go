package datagram

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"framewire/transports/wire"
)

// MaxText bounds the text of a bye, in bytes.
const MaxText = 1024

// Ping asks the sender for its clock and shows that the receiver lives.
type Ping struct {
	Sent time.Time // by the receiver's clock
}

// Append adds the message to dst.
func (p Ping) Append(dst []byte) []byte {
	return appendTime(append(dst, byte(TypePing)), p.Sent)
}

// ParsePing reads a ping.
func ParsePing(b []byte) (Ping, error) {
	b, err := body(b, TypePing, 8)
	if err != nil {
		return Ping{}, err
	}
	return Ping{Sent: timeAt(b)}, nil
}

// Pong answers a ping: three of the four times of RFC 5905, section 8, as on a connection.
type Pong wire.Pong

// Append adds the message to dst.
func (p Pong) Append(dst []byte) []byte {
	dst = appendTime(append(dst, byte(TypePong)), p.PingSent)
	return appendTime(appendTime(dst, p.Received), p.Sent)
}

// ParsePong reads a pong.
func ParsePong(b []byte) (Pong, error) {
	b, err := body(b, TypePong, 24)
	if err != nil {
		return Pong{}, err
	}
	return Pong{PingSent: timeAt(b), Received: timeAt(b[8:]), Sent: timeAt(b[16:])}, nil
}

// End says that the stream came to its end.
type End struct {
	Frame uint32 // number of the last frame
}

// Append adds the message to dst.
func (e End) Append(dst []byte) []byte {
	return binary.BigEndian.AppendUint32(append(dst, byte(TypeEnd)), e.Frame)
}

// ParseEnd reads an end.
func ParseEnd(b []byte) (End, error) {
	b, err := body(b, TypeEnd, 4)
	if err != nil {
		return End{}, err
	}
	return End{Frame: binary.BigEndian.Uint32(b)}, nil
}

// EndAck says that an end came and that everything before it is done with.
type EndAck struct{}

// Append adds the message to dst.
func (EndAck) Append(dst []byte) []byte { return append(dst, byte(TypeEndAck)) }

// ParseEndAck reads the answer to an end.
func ParseEndAck(b []byte) (EndAck, error) {
	_, err := body(b, TypeEndAck, 0)
	return EndAck{}, err
}

// Bye says why this end stops for now.
type Bye struct {
	Text string // at most MaxText bytes, valid UTF-8
}

// Append adds the message to dst. What is no UTF-8 is replaced, and a longer text is cut.
func (m Bye) Append(dst []byte) []byte {
	text := strings.ToValidUTF8(m.Text, string(utf8.RuneError))
	for len(text) > MaxText {
		_, last := utf8.DecodeLastRuneInString(text[:min(len(text), MaxText+utf8.UTFMax)])
		text = text[:min(len(text), MaxText+utf8.UTFMax)-last]
	}
	return append(append(dst, byte(TypeBye)), text...)
}

// ParseBye reads a bye.
func ParseBye(b []byte) (Bye, error) {
	b, err := body(b, TypeBye, 0)
	if err != nil {
		return Bye{}, err
	}
	if len(b) > MaxText {
		return Bye{}, fmt.Errorf("bye with a text of %d bytes, the limit is %d", len(b), MaxText)
	}
	if !utf8.Valid(b) {
		return Bye{}, errors.New("bye with a damaged text")
	}
	return Bye{Text: string(b)}, nil
}

// body gives what follows a message's type: at least that many bytes. What follows the known fields is for
// later versions and ignored.
func body(b []byte, want Type, size int) ([]byte, error) {
	if t, ok := TypeOf(b); !ok || t != want {
		return nil, fmt.Errorf("datagram is no message of type %d", want)
	}
	if len(b)-1 < size {
		return nil, fmt.Errorf("message of type %d with %d bytes, wants %d", want, len(b)-1, size)
	}
	return b[1:], nil
}

func appendTime(dst []byte, t time.Time) []byte {
	return binary.BigEndian.AppendUint64(dst, uint64(t.UnixNano()))
}

func timeAt(b []byte) time.Time { return time.Unix(0, int64(binary.BigEndian.Uint64(b))) }
