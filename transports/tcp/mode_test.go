package tcp

import (
	"net"
	"testing"
	"time"

	"framewire/transports/secret"
	"framewire/transports/secure"
)

// mode is how the ends of a test are protected. The zero value is not at all.
type mode struct{ secret secret.Secret }

const testSecret = "fw1-0000-0000-0000-0000-0000-0000-0000-0000-ss5y"

// both runs a test without and with a secret: nothing of a stream may depend on it.
func both(t *testing.T, test func(*testing.T, mode)) {
	t.Run("plain", func(t *testing.T) { test(t, mode{}) })
	t.Run("secured", func(t *testing.T) { test(t, mode{secret.New(testSecret)}) })
}

func (m mode) startSender(t testing.TB, cfg SendConfig, set settings) (*sender, *journal) {
	t.Helper()
	cfg.Secret = m.secret
	return startSender(t, cfg, set)
}

func (m mode) startReceiver(t testing.TB, cfg ReceiveConfig, set settings) (*receiver, *journal) {
	t.Helper()
	cfg.Secret = m.secret
	return startReceiver(t, cfg, set)
}

// protect has a connection that a test dialled pass the part of the handshake before the hello. In any
// goroutine.
func (m mode) protect(t testing.TB, conn net.Conn) net.Conn {
	t.Helper()
	c, err := m.shake(conn)
	if err != nil {
		t.Errorf("the handshake failed: %v", err)
		return conn
	}
	return c
}

// shake is protect for who takes the error.
func (m mode) shake(conn net.Conn) (net.Conn, error) {
	guard, err := secure.NewGuard(m.secret, secure.TLS{}, time.Now)
	if err != nil || guard == nil {
		return conn, err
	}
	c, err := guard.Client(conn, "localhost")
	if err != nil {
		return nil, err
	}
	return c, nil
}

// dialRaw connects as a peer of which the test itself says every word.
func (m mode) dialRaw(t testing.TB, to string) net.Conn {
	t.Helper()
	return m.protect(t, dialRaw(t, to))
}
