package session

import (
	"crypto/cipher"
	"encoding/binary"
)

// opener is the receiving half of a session.
type opener struct {
	kind   Kind
	id     uint64
	aead   cipher.AEAD // nil where data are clear
	nonce  [12]byte
	window window
	opened uint64
}

func newOpener(kind Kind, id uint64, key *[32]byte) *opener {
	return &opener{kind: kind, id: id, aead: newAEAD(key)}
}

// open gives the data of a packet. A counter is spent only by a packet that is authentic.
func (o *opener) open(packet []byte) ([]byte, error) {
	if kind, ok := KindOf(packet); !ok || kind != o.kind || openingID(packet) != o.id {
		return nil, ErrPacket
	}
	head, data := packet[:Header], packet[Header:]
	counter := binary.BigEndian.Uint64(head[opening:])
	if !o.window.fresh(counter) {
		return nil, ErrReplay
	}
	if o.aead != nil {
		binary.BigEndian.PutUint64(o.nonce[4:], counter)
		var err error
		if data, err = o.aead.Open(data[:0], o.nonce[:], data, head); err != nil {
			return nil, ErrForged
		}
	}
	o.window.spend(counter)
	o.opened++
	return data, nil
}
