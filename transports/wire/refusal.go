package wire

import (
	"errors"
	"fmt"
)

// Reason says in a number why a connection is refused, for programs; the refusal's text is for people.
type Reason uint8

// The reasons. Their numbers never change.
const (
	ReasonStranger  Reason = 1 // the first bytes were no hello, or a damaged one
	ReasonVersion   Reason = 2 // the versions differ; the refusal carries the refuser's own
	ReasonRole      Reason = 3 // both ends send or both receive
	ReasonBusy      Reason = 4 // a receiver serves another sender, or the stream has ended
	ReasonFull      Reason = 5 // a sender serves as many receivers as it may
	ReasonExtension Reason = 6 // a critical extension is unknown here
	ReasonSecurity  Reason = 7 // one end has a secret or certificates, and the other has not
	ReasonSecret    Reason = 8 // the secrets differ
)

// String gives the reason as a word for messages.
func (r Reason) String() string {
	switch r {
	case ReasonStranger:
		return "not understood"
	case ReasonVersion:
		return "other version"
	case ReasonRole:
		return "same role"
	case ReasonBusy:
		return "busy"
	case ReasonFull:
		return "full"
	case ReasonExtension:
		return "unknown extension"
	case ReasonSecurity:
		return "secured differently"
	case ReasonSecret:
		return "wrong secret"
	}
	return fmt.Sprintf("reason %d", uint8(r))
}

// Refusal is sent in place of a hello by an end that does not want the connection, which it then closes.
type Refusal struct {
	Version uint16 // the refusing end's
	Reason  Reason
	Text    string // UTF-8, at most 4096 bytes
}

// Refuse makes a refusal of this version.
func Refuse(reason Reason, text string) *Refusal {
	return &Refusal{Version: Version, Reason: reason, Text: text}
}

// Error says that and why the other end refused.
func (r *Refusal) Error() string {
	if r.Reason == ReasonVersion && r.Version != Version {
		return "refused: " + (&VersionError{Peer: r.Version}).Error()
	}
	return fmt.Sprintf("refused (%s): %s", r.Reason, Printable(r.Text))
}

// Answer gives the refusal that suits an error of ReadHello, or nil where nobody is there to read it.
func Answer(err error) *Refusal {
	var version *VersionError
	var stranger *StrangerError
	switch {
	case errors.As(err, &version):
		return Refuse(ReasonVersion, fmt.Sprintf("this end speaks version %d, you speak %d", Version, version.Peer))
	case errors.As(err, &stranger):
		return Refuse(ReasonStranger, "this is a framewire port, and what came is no framewire hello")
	}
	return nil
}
