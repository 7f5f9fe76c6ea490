package secure

import (
	"errors"

	"framewire/pipeline"
)

// TLS is the setting of an end that proves itself by a certificate. The zero value is none.
type TLS struct {
	Cert       string `yaml:"cert" doc:"PEM file with this end's certificate, followed by those between it and the authority"`
	Key        string `yaml:"key" doc:"PEM file with the certificate's private key"`
	CA         string `yaml:"ca" doc:"PEM file with the authorities of which one must have signed the other end's certificate"`
	Pin        string `yaml:"pin" doc:"fingerprint that the other end's certificate must have, as 'framewire secret --fingerprint CERT.pem' prints it; several are separated by commas"`
	ServerName string `yaml:"server_name" doc:"name that the certificate of an end that listens must have; defaults to the host that is dialled"`
}

// IsZero reports whether no certificates are used.
func (t TLS) IsZero() bool { return t == TLS{} }

// Validate reports what is wrong with the setting of that config field, all at once. It opens no file.
func (t TLS) Validate(field string) error {
	if t.IsZero() {
		return nil
	}
	var errs []error
	fail := func(name, hint, format string, args ...any) {
		errs = append(errs, pipeline.FieldErrorf(field+"."+name, hint, format, args...))
	}
	const both = "both ends show a certificate: write cert and key"
	if t.Cert == "" {
		fail("cert", both, "is missing")
	}
	if t.Key == "" {
		fail("key", both, "is missing")
	}
	if t.CA == "" && t.Pin == "" {
		fail("ca", "write ca with the authority's file, or pin with the other end's fingerprint", "nothing says which certificate the other end may have")
	}
	if _, err := parsePins(t.Pin); err != nil {
		fail("pin", "`framewire secret --fingerprint CERT.pem` prints it", "%v", err)
	}
	if t.ServerName != "" && t.CA == "" {
		fail("server_name", "remove it: a fingerprint is checked whatever the name", "a name is only checked together with ca")
	}
	return errors.Join(errs...)
}
