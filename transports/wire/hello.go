package wire

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// Version is the version of the wire format that this package speaks.
const Version = 2

const (
	magic = "\x89FWIRE\r\n" // not ASCII, and broken by anything that translates line ends

	helloSize   = 16 // bytes of the fixed part, the same in every version
	maxBody     = 4096
	kindHello   = 1
	kindRefusal = 2
)

// Role says what an end of a connection does. A connection has one of each.
type Role uint8

// The roles.
const (
	RoleSender   Role = 1 // gives frames
	RoleReceiver Role = 2 // takes frames
)

// Other is the role of the other end.
func (r Role) Other() Role {
	if r == RoleSender {
		return RoleReceiver
	}
	return RoleSender
}

// String gives the role as a word for messages.
func (r Role) String() string {
	switch r {
	case RoleSender:
		return "sender"
	case RoleReceiver:
		return "receiver"
	}
	return fmt.Sprintf("role %d", uint8(r))
}

// Hello opens a connection. The end that dialled sends its own first; the other one answers with its own
// or with a Refusal.
type Hello struct {
	Version    uint16
	Role       Role
	Flags      uint16 // none is defined: sent as 0, ignored when received
	Extensions []Extension
}

// Append adds the hello's bytes to dst. Its extensions must not be longer than 4096 bytes altogether.
func (h Hello) Append(dst []byte) ([]byte, error) {
	start := len(dst)
	dst = appendOpening(dst, h.Version, kindHello, uint8(h.Role), h.Flags)
	for _, e := range h.Extensions {
		if len(e.Value) > maxBody {
			return nil, fmt.Errorf("extension %d has %d bytes, the limit is %d", e.Type, len(e.Value), maxBody)
		}
		dst = e.append(dst)
	}
	return finishOpening(dst, start)
}

// Append adds the refusal's bytes to dst. A text above 4096 bytes is cut.
func (r *Refusal) Append(dst []byte) ([]byte, error) {
	start := len(dst)
	dst = appendOpening(dst, r.Version, kindRefusal, uint8(r.Reason), 0)
	dst = append(dst, Cut(r.Text, maxBody)...)
	return finishOpening(dst, start)
}

func appendOpening(dst []byte, version uint16, kind, detail uint8, flags uint16) []byte {
	dst = append(dst, magic...)
	dst = binary.BigEndian.AppendUint16(dst, version)
	dst = append(dst, kind, detail)
	dst = binary.BigEndian.AppendUint16(dst, flags)
	return append(dst, 0, 0) // length of the body, filled in by finishOpening
}

func finishOpening(dst []byte, start int) ([]byte, error) {
	body := len(dst) - start - helloSize
	if body > maxBody {
		return nil, fmt.Errorf("extensions have %d bytes, the limit is %d", body, maxBody)
	}
	binary.BigEndian.PutUint16(dst[start+helloSize-2:], uint16(body))
	return dst, nil
}

// ReadHello reads the other end's first bytes. It reads no byte beyond them. The error is
//
//   - a *Refusal when the other end refused us,
//   - a *StrangerError when what came is no hello of Framewire,
//   - a *VersionError when it is one of another version,
//   - anything else when the hello is damaged or the connection broke.
func ReadHello(r io.Reader) (Hello, error) {
	var fixed [helloSize]byte
	for n := 0; n < helloSize; {
		got, err := r.Read(fixed[n:])
		n += got
		if k := min(n, len(magic)); string(fixed[:k]) != magic[:k] {
			return Hello{}, strangerFrom(r, fixed[:n])
		}
		if err != nil && n < helloSize {
			if errors.Is(err, io.EOF) && n > 0 {
				err = io.ErrUnexpectedEOF
			}
			return Hello{}, fmt.Errorf("read the hello (%d of %d bytes came): %w", n, helloSize, err)
		}
	}
	size := int(binary.BigEndian.Uint16(fixed[14:]))
	if size > maxBody {
		return Hello{}, fmt.Errorf("hello with %d bytes of extensions, the limit is %d", size, maxBody)
	}
	body := make([]byte, size)
	if _, err := io.ReadFull(r, body); err != nil {
		return Hello{}, fmt.Errorf("read the hello's extensions (%d bytes): %w", size, err)
	}
	return parseHello(fixed[:], body)
}

func parseHello(fixed, body []byte) (Hello, error) {
	version, detail := binary.BigEndian.Uint16(fixed[8:]), fixed[11]
	switch kind := fixed[10]; {
	case kind == kindRefusal:
		if !utf8.Valid(body) {
			return Hello{}, errors.New("refusal whose text is not UTF-8")
		}
		return Hello{}, &Refusal{Version: version, Reason: Reason(detail), Text: string(body)}
	case version != Version:
		return Hello{}, &VersionError{Peer: version}
	case kind != kindHello:
		return Hello{}, fmt.Errorf("hello of unknown kind %d", kind)
	}
	h := Hello{Version: version, Role: Role(detail), Flags: binary.BigEndian.Uint16(fixed[12:])}
	if h.Role != RoleSender && h.Role != RoleReceiver {
		return Hello{}, fmt.Errorf("hello with unknown %s", h.Role)
	}
	var err error
	h.Extensions, err = parseExtensions(body)
	return h, err
}

// VersionError says that the other end speaks another version of the wire format.
type VersionError struct{ Peer uint16 }

// Error gives both versions.
func (e *VersionError) Error() string {
	return fmt.Sprintf("peer speaks version %d, we speak %d: install the same release at both ends", e.Peer, Version)
}

// Cut shortens text to at most n bytes without splitting a character.
func Cut(text string, n int) string {
	if len(text) <= n {
		return text
	}
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n]
}
