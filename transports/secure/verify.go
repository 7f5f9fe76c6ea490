package secure

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"
)

// verify checks the other end's certificate: by fingerprint where there are some, by authority and, unless
// name is empty, by name where there is one. Its errors are for the log, of which the other end sees nothing.
func (g *Guard) verify(state tls.ConnectionState, name string, usage x509.ExtKeyUsage) error {
	cert := state.PeerCertificates[0]
	if cert.Subject.CommonName == ephemeralName {
		return errors.New("the end that listens has a secret and no tls: give both ends the same")
	}
	if err := checkPin(g.pins, cert); err != nil {
		return err
	}
	if g.roots == nil {
		return nil
	}
	between := x509.NewCertPool()
	for _, c := range state.PeerCertificates[1:] {
		between.AddCert(c)
	}
	_, err := cert.Verify(x509.VerifyOptions{
		Roots: g.roots, Intermediates: between, DNSName: name, CurrentTime: g.now(), KeyUsages: []x509.ExtKeyUsage{usage},
	})
	if err == nil {
		return nil
	}
	return g.refused(cert, name, usage, err)
}

// refused says why a certificate does not do, with what was wanted and what came.
func (g *Guard) refused(cert *x509.Certificate, name string, usage x509.ExtKeyUsage, err error) error {
	var host x509.HostnameError
	var unknown x509.UnknownAuthorityError
	var invalid x509.CertificateInvalidError
	switch {
	case checkDates(cert, g.now()) != nil:
		return fmt.Errorf("its certificate %s", checkDates(cert, g.now()))
	case errors.As(err, &host):
		return fmt.Errorf("its certificate is for another name: wanted %s, got %s (write server_name in tls where that is right)", name, names(cert))
	case errors.As(err, &unknown):
		return fmt.Errorf("its certificate is signed by %.100q, which is no authority in the file of tls.ca", cert.Issuer.String())
	case errors.As(err, &invalid) && invalid.Reason == x509.IncompatibleUsage && usage == x509.ExtKeyUsageClientAuth:
		return errors.New("its certificate is not for the end that dials: it needs the extended key usage clientAuth")
	case errors.As(err, &invalid) && invalid.Reason == x509.IncompatibleUsage:
		return errors.New("its certificate is not for the end that listens: it needs the extended key usage serverAuth")
	}
	return fmt.Errorf("its certificate: %w", err)
}

// names lists for whom a certificate is, shortly.
func names(cert *x509.Certificate) string {
	list := cert.DNSNames
	for _, ip := range cert.IPAddresses {
		list = append(list, ip.String())
	}
	switch {
	case len(list) == 0:
		return "none (a certificate needs subject alternative names)"
	case len(list) > 4:
		return fmt.Sprintf("%.60q and %d more", list[0], len(list)-1)
	}
	return fmt.Sprintf("%.250q", strings.Join(list, ", "))
}
