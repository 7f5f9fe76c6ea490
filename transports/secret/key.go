package secret

import (
	"crypto/hkdf"
	"crypto/sha256"
	"fmt"

	"golang.org/x/crypto/argon2"
)

// Key is what a secret becomes: 256 bits that both ends compute and that never cross the network.
type Key [32]byte

// String hides the key.
func (k Key) String() string { return hidden }

// GoString hides the key.
func (k Key) GoString() string { return hidden }

// Format hides the key in every verb.
func (k Key) Format(f fmt.State, _ rune) { fmt.Fprint(f, hidden) }

// Argon2id as RFC 9106, section 4, recommends it where memory is scarce: a guess costs an attacker about as
// much as it costs us at each start.
const (
	argonPasses  = 3
	argonMemory  = 64 << 10 // KiB
	argonThreads = 4
)

// argonSalt is the same everywhere, since both ends have to come to the same key before a word is said.
// That lets somebody prepare guesses for all users of this program at once, which is why a passphrase is
// the second choice: a generated secret cannot be guessed at all.
const argonSalt = "framewire secret, version 1"

// ofPassphrase stretches a passphrase. It takes tens of milliseconds and 64 MiB.
func ofPassphrase(text string) Key {
	return Key(argon2.IDKey([]byte(text), []byte(argonSalt), argonPasses, argonMemory, argonThreads, uint32(len(Key{}))))
}

// ofRandom derives a key from the random bits of a generated secret, which need no stretching.
func ofRandom(bits []byte) Key {
	key, err := hkdf.Key(sha256.New, bits, nil, "framewire generated secret, version 1", len(Key{}))
	if err != nil {
		panic(err) // 32 bytes are within what HKDF-SHA256 gives
	}
	return Key(key)
}
