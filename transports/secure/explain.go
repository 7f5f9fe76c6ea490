package secure

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"strings"
)

var errOtherTLS = errors.New("this is a TLS client (https), not framewire")

// explain puts what the TLS library says into words for the log. What it does not know stays.
func explain(err error) error {
	if err == nil {
		return nil
	}
	return explained(err)
}

func explained(err error) error {
	var op *net.OpError
	var header tls.RecordHeaderError
	switch {
	case errors.Is(err, errOtherTLS):
		return errOtherTLS
	case errors.Is(err, io.ErrUnexpectedEOF):
		return io.EOF // the messages inside tell a clean end from a broken one
	case errors.As(err, &header):
		return errors.New("what came is no TLS")
	case errors.As(err, &op) && op.Op == "remote error":
		return explainAlert(op.Err.Error())
	case errors.As(err, &op) && op.Op == "local error":
		return errors.New("TLS failed: " + strings.TrimPrefix(op.Err.Error(), "tls: "))
	case strings.Contains(err.Error(), "client didn't provide a certificate"):
		return errors.New(lacksTLS)
	case strings.HasPrefix(err.Error(), "tls: "):
		return errors.New("TLS failed: " + strings.TrimPrefix(err.Error(), "tls: "))
	}
	return err
}

// explainAlert is explain for what the other end says before it goes (RFC 8446, section 6.2).
func explainAlert(text string) error {
	text = strings.TrimPrefix(text, "tls: ")
	switch {
	case strings.Contains(text, "certificate required"):
		return errors.New(lacksTLS)
	case strings.Contains(text, "certificate"):
		return errors.New("it does not accept our certificate (" + text + "): its log says why")
	case strings.Contains(text, "no application protocol"), strings.Contains(text, "protocol version"):
		return errors.New("it speaks TLS, but is not framewire")
	case strings.Contains(text, "bad record MAC"), strings.Contains(text, "error decrypting"):
		return errors.New("what we sent was damaged on the way")
	}
	return errors.New("it ended the TLS connection: " + text)
}
