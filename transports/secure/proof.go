package secure

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"errors"
	"fmt"
	"io"

	"framewire/transports/secret"
)

// The first byte that an end says inside TLS.
const (
	sayDialler  = 1    // the proof of the end that dialled
	sayListener = 2    // the proof of the end that listens
	sayHello    = 0x89 // no proof but a hello or a refusal: the first byte of its magic
)

const (
	proofSize     = sha256.Size
	exporterLabel = "EXPORTER-framewire-secret-1"
	proofKeyLabel = "framewire TCP proof, version 1"
	labelDialler  = "framewire/1 the end that dialled knows the secret"
	labelListener = "framewire/1 the end that listens knows the secret"
)

var errProof = errors.New("the secrets of both ends differ")

// prover makes and checks proofs under a secret.
type prover struct{ key []byte }

// newProver derives a key of its own, so that no proof has a use elsewhere.
func newProver(key secret.Key) *prover {
	own, err := hkdf.Expand(sha256.New, key[:], proofKeyLabel, sha256.Size)
	if err != nil {
		panic(err) // 32 bytes are within what HKDF-SHA256 gives
	}
	return &prover{own}
}

// proof is the message by which an end shows over one connection's exported material that it knows the
// secret. The label keeps one end's proof from being the other's.
func (p *prover) proof(say byte, material []byte) []byte {
	label := labelDialler
	if say == sayListener {
		label = labelListener
	}
	mac := hmac.New(sha256.New, p.key)
	mac.Write([]byte(label))
	mac.Write([]byte{0})
	mac.Write(material)
	return mac.Sum([]byte{say})
}

// check reads the rest of a proof, after its first byte, and compares it in constant time.
func (p *prover) check(say byte, material []byte, r io.Reader) error {
	got := make([]byte, 1+proofSize)
	got[0] = say
	if _, err := io.ReadFull(r, got[1:]); err != nil {
		return fmt.Errorf("read the proof of the secret: %w", explain(err))
	}
	if !hmac.Equal(got, p.proof(say, material)) {
		return errProof
	}
	return nil
}

// material is what both ends of a TLS connection, and nobody else, can compute from it.
func material(conn *tls.Conn) ([]byte, error) {
	state := conn.ConnectionState()
	return state.ExportKeyingMaterial(exporterLabel, nil, 32)
}
