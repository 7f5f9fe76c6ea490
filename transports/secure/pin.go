package secure

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

const (
	pinPrefix = "sha256:"
	mostPins  = 1000
)

// Fingerprint gives what a certificate is pinned by: the SHA-256 of its public key (the
// SubjectPublicKeyInfo, as in RFC 7469, section 2.4), so that a renewed certificate of the same key has the
// same one.
func Fingerprint(cert *x509.Certificate) string {
	return Pin(sha256.Sum256(cert.RawSubjectPublicKeyInfo)).String()
}

// Pin is a fingerprint.
type Pin [sha256.Size]byte

// String writes a fingerprint as configs have it.
func (p Pin) String() string { return pinPrefix + hex.EncodeToString(p[:]) }

// parsePins reads fingerprints that commas separate. None is an empty list.
func parsePins(text string) ([]Pin, error) {
	if text == "" {
		return nil, nil
	}
	if strings.Count(text, ",") >= mostPins {
		return nil, fmt.Errorf("more than %d fingerprints", mostPins)
	}
	var pins []Pin
	for word := range strings.SplitSeq(text, ",") {
		word = strings.TrimSpace(word)
		digits, ok := strings.CutPrefix(word, pinPrefix)
		b, err := hex.DecodeString(digits)
		if !ok || err != nil || len(b) != len(Pin{}) {
			return nil, fmt.Errorf("%.80q is no fingerprint: it is sha256: and 64 hexadecimal digits", word)
		}
		pins = append(pins, Pin(b))
	}
	return pins, nil
}

// checkPin compares a certificate with the fingerprints that are wanted, none meaning any.
func checkPin(pins []Pin, cert *x509.Certificate) error {
	got := Pin(sha256.Sum256(cert.RawSubjectPublicKeyInfo))
	if len(pins) == 0 || slices.Contains(pins, got) {
		return nil
	}
	wanted := pins[0].String()
	if len(pins) > 1 {
		wanted = fmt.Sprintf("one of %d fingerprints", len(pins))
	}
	return fmt.Errorf("its certificate is another one: wanted %s, got %s", wanted, got)
}
