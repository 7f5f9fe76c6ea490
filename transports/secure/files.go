package secure

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"
)

// mostFile bounds the files of certificates, in bytes.
const mostFile = 1 << 20

// load reads this end's certificate and key. Every error names the field and the file.
func (t TLS) load(now time.Time) (tls.Certificate, error) {
	certs, err := readPEM("cert", t.Cert)
	if err != nil {
		return tls.Certificate{}, err
	}
	chain, err := parseCertificates("cert", t.Cert, certs)
	if err != nil {
		return tls.Certificate{}, err
	}
	if err := checkDates(chain[0], now); err != nil {
		return tls.Certificate{}, fmt.Errorf("tls.cert: %s %w", t.Cert, err)
	}
	key, err := readPEM("key", t.Key)
	if err != nil {
		return tls.Certificate{}, err
	}
	pair, err := tls.X509KeyPair(certs, key)
	switch {
	case err == nil:
		return pair, nil
	case strings.Contains(string(key), "ENCRYPTED"):
		return tls.Certificate{}, fmt.Errorf("tls.key: %s is locked by a passphrase: write it without one (openssl pkey -in %s -out FILE)", t.Key, t.Key)
	case !strings.Contains(string(key), "PRIVATE KEY-----"):
		return tls.Certificate{}, fmt.Errorf("tls.key: %s holds no private key in PEM format", t.Key)
	case strings.Contains(err.Error(), "does not match"):
		return tls.Certificate{}, fmt.Errorf("tls.key: %s is not the key of the certificate in %s", t.Key, t.Cert)
	}
	return tls.Certificate{}, fmt.Errorf("tls.key: %s: %w", t.Key, err)
}

// authorities reads the certificates of those whose signature counts, or nil where none is named.
func (t TLS) authorities(now time.Time) (*x509.CertPool, error) {
	if t.CA == "" {
		return nil, nil
	}
	b, err := readPEM("ca", t.CA)
	if err != nil {
		return nil, err
	}
	list, err := parseCertificates("ca", t.CA, b)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	valid := 0
	for _, cert := range list {
		if err = checkDates(cert, now); err == nil {
			valid++
		}
		pool.AddCert(cert)
	}
	if valid == 0 {
		return nil, fmt.Errorf("tls.ca: %s %w", t.CA, err)
	}
	return pool, nil
}

// LeafOf reads the first certificate of a PEM file.
func LeafOf(path string) (*x509.Certificate, error) {
	b, err := readBounded(path)
	if err != nil {
		return nil, err
	}
	list, err := parseBlocks(path, b)
	if err != nil {
		return nil, err
	}
	return list[0], nil
}

func readPEM(field, path string) ([]byte, error) {
	b, err := readBounded(path)
	if err != nil {
		return nil, fmt.Errorf("tls.%s: %w", field, err)
	}
	return b, nil
}

func readBounded(path string) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: %w", path, plainFile(err))
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is no file", path)
	case info.Size() > mostFile:
		return nil, fmt.Errorf("%s is larger than 1 MiB", path)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, plainFile(err))
	}
	return b, nil
}

// plainFile leaves out the path, which the message has already.
func plainFile(err error) error {
	if path := (*os.PathError)(nil); errors.As(err, &path) {
		return path.Err
	}
	return err
}

func parseCertificates(field, path string, b []byte) ([]*x509.Certificate, error) {
	list, err := parseBlocks(path, b)
	if err != nil {
		return nil, fmt.Errorf("tls.%s: %w", field, err)
	}
	return list, nil
}

func parseBlocks(path string, b []byte) ([]*x509.Certificate, error) {
	var list []*x509.Certificate
	for block, rest := pem.Decode(b); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" {
			continue
		}
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("%s: certificate %d is damaged: %w", path, len(list)+1, err)
		}
		list = append(list, cert)
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("%s holds no certificate in PEM format", path)
	}
	return list, nil
}

// checkDates says when a certificate was or will be valid, where it is not now.
func checkDates(cert *x509.Certificate, now time.Time) error {
	const day = "2006-01-02 15:04 MST"
	switch {
	case now.After(cert.NotAfter):
		return fmt.Errorf("expired on %s (it is %s by this machine's clock)", cert.NotAfter.UTC().Format(day), now.UTC().Format(day))
	case now.Before(cert.NotBefore):
		return fmt.Errorf("is valid only from %s (it is %s by this machine's clock)", cert.NotBefore.UTC().Format(day), now.UTC().Format(day))
	}
	return nil
}
