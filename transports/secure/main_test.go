package secure

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"

	"framewire/transports/secret"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	rightSecret = "fw1-0000-0000-0000-0000-0000-0000-0000-0000-ss5y"
	wrongSecret = "fw1-000g-40r4-0m30-e209-185g-r38e-1w81-24gk-9et0"
)

// today is the clock of all tests.
func today() time.Time { return time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC) }

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// authority signs certificates for tests.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	file string
	dir  string
}

func newAuthority(t testing.TB, name string) *authority {
	t.Helper()
	a := &authority{dir: t.TempDir()}
	about := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name},
		NotBefore: today().AddDate(-1, 0, 0), NotAfter: today().AddDate(1, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	a.key = newKey(t)
	der, err := x509.CreateCertificate(rand.Reader, about, about, a.key.Public(), a.key)
	if err != nil {
		t.Fatal(err)
	}
	if a.cert, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	a.file = a.write(t, name+".pem", "CERTIFICATE", der)
	return a
}

func newKey(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func (a *authority) write(t testing.TB, name, kind string, der []byte) string {
	t.Helper()
	path := filepath.Join(a.dir, name)
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// issue makes a certificate for those names and gives its setting. change may be nil.
func (a *authority) issue(t testing.TB, file string, names []string, change func(*x509.Certificate)) TLS {
	t.Helper()
	about := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: file}, DNSNames: names,
		NotBefore: today().AddDate(0, -1, 0), NotAfter: today().AddDate(0, 1, 0),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		IPAddresses: []net.IP{net.IPv4(192, 0, 2, 7)},
	}
	if change != nil {
		change(about)
	}
	key := newKey(t)
	der, err := x509.CreateCertificate(rand.Reader, about, a.cert, key.Public(), a.key)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return TLS{
		Cert: a.write(t, file+".pem", "CERTIFICATE", der), Key: a.write(t, file+"-key.pem", "PRIVATE KEY", keyDER),
		CA: a.file,
	}
}

func fingerprint(t testing.TB, setting TLS) string {
	t.Helper()
	cert, err := LeafOf(setting.Cert)
	if err != nil {
		t.Fatal(err)
	}
	return Fingerprint(cert)
}

// end is one side's protection in a test.
type end struct {
	secret string
	tls    TLS
}

func (e end) guard(t testing.TB) *Guard {
	t.Helper()
	g, err := NewGuard(secret.New(e.secret), e.tls, today)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// pair gives both ends of a TCP connection, which closes with the test.
func pair(t testing.TB) (dialler, listener net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if dialler, err = net.Dial("tcp", l.Addr().String()); err != nil {
		t.Fatal(err)
	}
	if listener, err = l.Accept(); err != nil {
		t.Fatal(err)
	}
	for _, conn := range []net.Conn{dialler, listener} {
		_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
		t.Cleanup(func() { conn.Close() })
	}
	return dialler, listener
}
