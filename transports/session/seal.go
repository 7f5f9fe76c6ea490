package session

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"sync"
)

// maxPackets is how many packets a session seals. With datagrams of 9000 bytes that is 2^49 blocks, which
// leaves an attacker on AES-GCM an advantage of 2^-31 (RFC 9001, appendix B.1); no counter gets near its end.
const maxPackets = 1 << 40

// sealer is the sending half of a session.
type sealer struct {
	kind Kind
	id   uint64
	aead cipher.AEAD // nil where data are clear

	mu    sync.Mutex // a counter that two packets share would give the key away
	next  uint64
	end   uint64
	nonce [12]byte
}

func newSealer(kind Kind, id uint64, key *[32]byte, first uint64) *sealer {
	return &sealer{kind: kind, id: id, aead: newAEAD(key), next: first, end: first + maxPackets}
}

// newAEAD makes AES-256-GCM of a key, or nil of none.
func newAEAD(key *[32]byte) cipher.AEAD {
	if key == nil {
		return nil
	}
	block, err := aes.NewCipher(key[:])
	if err != nil {
		panic(err) // only for other lengths of key
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic(err) // only for other sizes of block
	}
	return aead
}

func (s *sealer) overhead() int {
	if s.aead == nil {
		return Header
	}
	return Header + Tag
}

// Seal makes a packet of b, whose first Header bytes are room for the header and whose others are the data. It
// works in place and takes no memory where the capacity of b leaves Tag bytes. After 2^40 packets it gives
// nil, and a new session is due.
func (s *Session) Seal(b []byte) []byte { return s.sealer.seal(b) }

func (s *sealer) seal(b []byte) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.next == s.end {
		return nil
	}
	head := appendOpening(b[:0], s.kind, s.id)
	head = binary.BigEndian.AppendUint64(head, s.next)
	binary.BigEndian.PutUint64(s.nonce[4:], s.next)
	s.next++
	if s.aead == nil {
		return b
	}
	return s.aead.Seal(head, s.nonce[:], b[Header:], head)
}
