package wire

import (
	"encoding/binary"
	"fmt"
	"slices"
)

// ExtensionType numbers an extension of the hello. With the top bit set (Critical) the sender of the
// hello insists: an end that does not know it refuses the connection. Others are ignored when unknown.
type ExtensionType uint16

// Critical is the bit of an extension's type that forbids ignoring it.
const Critical ExtensionType = 0x8000

// The extensions that are defined. Authentication and encryption will add theirs.
const (
	// ExtMaxFrame is the largest payload in bytes (4 bytes, big endian) that a receiver takes.
	ExtMaxFrame ExtensionType = 1
	// ExtFirstFrame is the number (4 bytes, big endian) of the first frame that a sender will send in this
	// session. Only sessions of datagrams number their frames.
	ExtFirstFrame ExtensionType = 2
	// ExtInstance is a number (8 bytes) that the running end has chosen at random: a session of datagrams
	// takes the place of an older one with the same end, and a sender that waits for several receivers to
	// confirm knows one that comes back.
	ExtInstance ExtensionType = 3
	// ExtConfirm, without a value, says that this end knows offers, answers and chunks.
	ExtConfirm ExtensionType = 4
)

// Extension is one entry in the hello's extension area: type (2 bytes), length (2 bytes), value.
type Extension struct {
	Type  ExtensionType
	Value []byte
}

func (e Extension) append(dst []byte) []byte {
	dst = binary.BigEndian.AppendUint16(dst, uint16(e.Type))
	dst = binary.BigEndian.AppendUint16(dst, uint16(len(e.Value)))
	return append(dst, e.Value...)
}

func parseExtensions(body []byte) ([]Extension, error) {
	var list []Extension
	for len(body) > 0 {
		if len(body) < 4 {
			return nil, fmt.Errorf("hello's extensions end in the middle of an entry")
		}
		size := int(binary.BigEndian.Uint16(body[2:]))
		if size > len(body)-4 {
			return nil, fmt.Errorf("hello's extension claims %d bytes, %d are left", size, len(body)-4)
		}
		list = append(list, Extension{Type: ExtensionType(binary.BigEndian.Uint16(body)), Value: body[4 : 4+size]})
		body = body[4+size:]
	}
	return list, nil
}

// MaxFrame makes the extension that tells the sender the largest payload that this end takes.
func MaxFrame(n uint32) Extension {
	return Extension{Type: ExtMaxFrame, Value: binary.BigEndian.AppendUint32(nil, n)}
}

// MaxFrame gives the largest payload that the other end takes; 0 where it did not say.
func (h Hello) MaxFrame() uint32 {
	for _, e := range h.Extensions {
		if e.Type == ExtMaxFrame && len(e.Value) == 4 {
			return binary.BigEndian.Uint32(e.Value)
		}
	}
	return 0
}

// FirstFrame makes the extension that tells the receiver the number of a session's first frame.
func FirstFrame(n uint32) Extension {
	return Extension{Type: ExtFirstFrame, Value: binary.BigEndian.AppendUint32(nil, n)}
}

// FirstFrame gives the number of the session's first frame, and whether the other end said it.
func (h Hello) FirstFrame() (n uint32, ok bool) {
	for _, e := range h.Extensions {
		if e.Type == ExtFirstFrame && len(e.Value) == 4 {
			return binary.BigEndian.Uint32(e.Value), true
		}
	}
	return 0, false
}

// Instance makes the extension that tells one run of an end from another.
func Instance(n uint64) Extension {
	return Extension{Type: ExtInstance, Value: binary.BigEndian.AppendUint64(nil, n)}
}

// Instance gives the number of the other end's run; 0 where it did not say.
func (h Hello) Instance() uint64 {
	for _, e := range h.Extensions {
		if e.Type == ExtInstance && len(e.Value) == 8 {
			return binary.BigEndian.Uint64(e.Value)
		}
	}
	return 0
}

// Confirm makes the extension that tells the other end that this one knows confirmed delivery.
func Confirm() Extension { return Extension{Type: ExtConfirm} }

// Confirms reports whether the other end knows confirmed delivery.
func (h Hello) Confirms() bool {
	return slices.ContainsFunc(h.Extensions, func(e Extension) bool { return e.Type == ExtConfirm })
}

// Accept decides about another end's hello. It gives nil, or the refusal to send.
func (h Hello) Accept(ours Role) *Refusal {
	if h.Role == ours {
		return Refuse(ReasonRole, fmt.Sprintf("both ends are %ss: one of them has to be a %s", ours, ours.Other()))
	}
	for _, e := range h.Extensions {
		if e.Type&Critical != 0 {
			return Refuse(ReasonExtension, fmt.Sprintf("extension %d is required and not known here", e.Type&^Critical))
		}
	}
	return nil
}
