// Package pairing knows what has to be typed at the other end, so that two machines find and trust each
// other: the transports' configs say how they listen, and the command line makes a line of it.
package pairing

import (
	"net"
	"strings"

	"framewire/pipeline"
	"framewire/transports/address"
	"framewire/transports/secret"
)

// Placeholder stands in the line for a secret that the user has.
const Placeholder = "..."

// Config is a transport's config that can say how its end listens.
type Config interface{ Pairing() End }

// End is what matters of one end's config. Its zero value is an end that does not listen.
type End struct {
	Network  string         // "tcp" or "udp"
	Listen   string         // HOST:PORT, or empty
	Secret   *secret.Secret // of the config, where a generated one may be put in
	TLS      bool
	Insecure bool
}

// Exposed reports whether the end listens where other machines reach it.
func (e End) Exposed() bool {
	host, _, err := net.SplitHostPort(e.Listen)
	return err == nil && !address.IsLoopback(host)
}

// Bare reports whether nothing protects an end that other machines reach, which the user has not allowed.
func (e End) Bare() bool {
	return e.Exposed() && e.Secret.IsZero() && !e.TLS && !e.Insecure
}

// Line is the command to type at the other end; kind is this end's and shown the secret as it is to be
// shown. There is none for an end that others do not reach, whose port the system chooses, or whose
// certificates a line cannot carry. interfaces is net.InterfaceAddrs, or stands in for it.
func (e End) Line(kind pipeline.Kind, shown string, interfaces func() ([]net.Addr, error)) (line string, ok bool) {
	if !e.Exposed() || e.TLS {
		return "", false
	}
	to, ok := e.reached(interfaces)
	if !ok {
		return "", false
	}
	key, role := "receive", "receiver"
	if kind == pipeline.KindReceive {
		key, role = "send", "sender"
	}
	words := []string{"framewire", "run"}
	if !e.Secret.IsZero() {
		words = append([]string{"FRAMEWIRE_SECRET=" + shown}, words...)
	}
	if key == "send" { // the role's config listens by itself
		words = append(words, "--set", "send.listen=")
	}
	dial := key + ".dial=" + to
	if strings.Contains(dial, "[") {
		dial = "'" + dial + "'" // some shells take brackets for a pattern
	}
	words = append(words, "--set", dial)
	if e.Insecure {
		words = append(words, "--set", key+".insecure=true")
	}
	if e.Network != "tcp" {
		role = e.Network + "-" + role
	}
	return strings.Join(append(words, role), " "), true
}

// reached gives the first address by which others reach the end.
func (e End) reached(interfaces func() ([]net.Addr, error)) (string, bool) {
	host, port, err := net.SplitHostPort(e.Listen)
	if err != nil || port == "0" {
		return "", false
	}
	if host == "" {
		host = "::"
	}
	first := address.Dialable(written(net.JoinHostPort(host, port)), interfaces)[0]
	return first, !strings.Contains(first, " ") // else it is the one for this machine alone
}

// written is an address as the user wrote it.
type written string

func (written) Network() string  { return "" }
func (w written) String() string { return string(w) }
