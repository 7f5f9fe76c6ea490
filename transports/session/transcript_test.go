package session

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"fmt"
	"os"
	"testing"
)

var update = flag.Bool("update", false, "write the transcript anew, for a new version of the format")

const transcriptFile = "testdata/transcript.txt"

// TestTranscript pins every byte that two ends and a group exchange. Who changes one has made another
// format, and needs another label.
func TestTranscript(t *testing.T) {
	var got bytes.Buffer
	for _, mode := range modes {
		i, initiation, err := initiate(mode.key, []byte("hello"), countFrom(0x10))
		must(t, err)
		r := NewResponder(mode.key)
		r.random = countFrom(0x80)
		q, err := r.Read(initiation)
		must(t, err)
		theirs, response, err := q.Accept([]byte("welcome"))
		must(t, err)
		ours, _, err := i.Finish(response)
		must(t, err)
		group := newGroupSender(mode.key, 0x123456789abcdef0, 0x0fedcba987654321)
		for _, line := range []struct {
			name   string
			packet []byte
		}{
			{"initiation", initiation}, {"response", response},
			{"to the responder, first", seal(ours, "data")}, {"to the responder, second", seal(ours, "data")},
			{"to the initiator", seal(theirs, "data")}, {"to a group", seal(group, "data")},
		} {
			fmt.Fprintf(&got, "%s, %s: %x\n", mode.name, line.name, line.packet)
		}
	}
	if *update {
		must(t, os.WriteFile(transcriptFile, got.Bytes(), 0o644))
	}
	want, err := os.ReadFile(transcriptFile)
	must(t, err)
	if !bytes.Equal(got.Bytes(), want) {
		t.Errorf("the format has changed: got\n%s\nwant\n%s", got.Bytes(), want)
	}
}

// byHand is an initiator's symmetric state, written from revision 34 of the Noise specification with the
// standard library alone.
type byHand struct{ h, ck, k []byte }

func (b *byHand) mixHash(data []byte) {
	sum := sha256.Sum256(append(bytes.Clone(b.h), data...))
	b.h = sum[:]
}

func (b *byHand) mixKey(t *testing.T, input []byte) { b.ck, b.k = twoKeys(t, b.ck, input) }

func twoKeys(t *testing.T, ck, input []byte) (first, second []byte) {
	t.Helper()
	out, err := hkdf.Key(sha256.New, input, ck, "", 64)
	must(t, err)
	return out[:32], out[32:]
}

func gcm(t *testing.T, key []byte) cipher.AEAD {
	t.Helper()
	block, err := aes.NewCipher(key)
	must(t, err)
	aead, err := cipher.NewGCM(block)
	must(t, err)
	return aead
}

// TestHandshakeByHand holds a handshake with a responder and opens its data with nothing of this package and
// of the Noise library, as a client in another language would.
func TestHandshakeByHand(t *testing.T) {
	key := testKey(7)
	psk, err := hkdf.Key(sha256.New, key[:], nil, "framewire udp 1 sealed", 32)
	must(t, err)
	private, err := ecdh.X25519().NewPrivateKey(bytes.Repeat([]byte{42}, 32))
	must(t, err)
	ours := []byte{1, 2, 3, 4, 5, 6, 7, 8}

	b := byHand{h: []byte("Noise_NNpsk0_25519_AESGCM_SHA256")}
	b.ck = b.h
	packet := append([]byte{1}, ours...)
	b.mixHash(append([]byte("framewire udp 1 sealed"), packet...))
	keys, err := hkdf.Key(sha256.New, psk, b.ck, "", 96)
	must(t, err)
	b.ck = keys[:32]
	b.mixHash(keys[32:64])
	public := private.PublicKey().Bytes()
	b.mixHash(public)
	b.mixKey(t, public)
	plain := make([]byte, 1200-9-32-16)
	copy(plain, "\x00\x05hello")
	sealed := gcm(t, b.k).Seal(nil, make([]byte, 12), plain, b.h)
	b.mixHash(sealed)
	packet = append(append(packet, public...), sealed...)

	q, err := NewResponder(key).Read(packet)
	must(t, err)
	session, response, err := q.Accept([]byte("welcome"))
	must(t, err)
	if string(q.Payload) != "hello" || !bytes.Equal(response[:9], append([]byte{2}, ours...)) {
		t.Fatalf("payload %q, response %x", q.Payload, response)
	}

	b.mixHash(response[9:41])
	b.mixKey(t, response[9:41])
	their, err := ecdh.X25519().NewPublicKey(response[9:41])
	must(t, err)
	shared, err := private.ECDH(their)
	must(t, err)
	b.mixKey(t, shared)
	plain, err = gcm(t, b.k).Open(nil, make([]byte, 12), response[41:], b.h)
	must(t, err)
	if theirs := hex.EncodeToString(plain[:8]); theirs != fmt.Sprintf("%016x", session.ID()) || string(plain[8:]) != "welcome" {
		t.Errorf("response carries %x", plain)
	}
	send, receive := twoKeys(t, b.ck, nil)

	header := append(append([]byte{3}, plain[:8]...), 0, 0, 0, 0, 0, 0, 1, 0)
	nonce := append(make([]byte, 4), header[9:]...)
	if got, err := session.Open(gcm(t, send).Seal(bytes.Clone(header), nonce, []byte("data"), header)); err != nil || string(got) != "data" {
		t.Errorf("opened %q, %v", got, err)
	}
	answer := seal(session, "answer")
	if !bytes.Equal(answer[:17], append(append([]byte{3}, ours...), make([]byte, 8)...)) {
		t.Errorf("header %x", answer[:17])
	}
	if got, err := gcm(t, receive).Open(nil, make([]byte, 12), answer[17:], answer[:17]); err != nil || string(got) != "answer" {
		t.Errorf("opened %q, %v", got, err)
	}
}

func TestGroupByHand(t *testing.T) {
	key := testKey(7)
	packet := seal(newGroupSender(key, 0x123456789abcdef0, 258), "data")
	header := append([]byte{5}, "\x12\x34\x56\x78\x9a\xbc\xde\xf0\x00\x00\x00\x00\x00\x00\x01\x02"...)
	groupKey, err := hkdf.Key(sha256.New, key[:], nil, "framewire udp 1 group"+string(header[1:9]), 32)
	must(t, err)
	want := gcm(t, groupKey).Seal(bytes.Clone(header), append(make([]byte, 4), header[9:]...), []byte("data"), header)
	if !bytes.Equal(packet, want) {
		t.Errorf("packet %x, want %x", packet, want)
	}
}
